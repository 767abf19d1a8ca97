import { createFileRoute } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { person } from "~/session/me";
import { optionsQuery } from "~/session/options";
import { Page } from "~/ui/Page";
import { Panels } from "~/ui/Panel";
import { ChangePassword } from "./-ChangePassword";
import { Devices } from "./-Devices";
import { Identities } from "./-Identities";

export const Route = createFileRoute("/_app/me/security")({
  loader: () => person.queryClient.ensureQueryData(optionsQuery),
  component: Security,
});

/** How one gets in, and where one is in already. */
function Security() {
  const { t } = useTranslation();
  const { password_rule, directory } = Route.useLoaderData();
  return (
    <Page title={t("shell.settings.pages.security")}>
      <Panels>
        <Devices />
        <ChangePassword rule={password_rule} />
        {directory && <Identities />}
      </Panels>
    </Page>
  );
}
