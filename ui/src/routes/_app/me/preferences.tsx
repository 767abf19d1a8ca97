import { SegmentedControl, Select, Switch, useMantineColorScheme } from "@mantine/core";
import { createFileRoute } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { chooseLanguage, type Language, language, languages } from "~/i18n";
import { person } from "~/session/me";
import { setSingleKeys, useSingleKeys } from "~/ui/commands";
import { Page } from "~/ui/Page";
import { Panel, Panels } from "~/ui/Panel";
import { sayProblem } from "~/ui/toast";
import { profileQuery } from "./-ProfileForm";

export const Route = createFileRoute("/_app/me/preferences")({ component: Preferences });

const SCHEMES = ["auto", "light", "dark"] as const;

/** Here at once; mails follow, and that they do is worth no failure. */
async function speakAndWrite(locale: Language) {
  await chooseLanguage(locale);
  await person.api.PATCH("/api/users/me", { body: { locale } as never }).catch(sayProblem);
  await person.queryClient.invalidateQueries(profileQuery);
}

/** Tastes: they act at once and need no saving. */
function Preferences() {
  const { t } = useTranslation();
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const singleKeys = useSingleKeys();
  return (
    <Page title={t("shell.settings.pages.preferences")}>
      <Panels>
        <Panel title={t("shell.appearance")} text={t("identity.preferences.scheme")}>
          <SegmentedControl
            aria-label={t("shell.appearance")}
            value={colorScheme}
            onChange={(value) => setColorScheme(value as (typeof SCHEMES)[number])}
            data={SCHEMES.map((value) => ({ value, label: t(`shell.schemes.${value}`) }))}
          />
        </Panel>
        <Panel title={t("shell.language")} text={t("identity.preferences.language")}>
          <Select
            maw={320}
            aria-label={t("shell.language")}
            value={language()}
            onChange={(value) => value && speakAndWrite(value as Language)}
            data={Object.entries(languages).map(([value, label]) => ({ value, label }))}
          />
        </Panel>
        <Panel title={t("identity.preferences.keys.title")} text={t("identity.preferences.keys.text")}>
          <Switch
            label={t("identity.preferences.keys.label")}
            checked={singleKeys}
            onChange={(event) => setSingleKeys(event.currentTarget.checked)}
          />
        </Panel>
      </Panels>
    </Page>
  );
}
