import { useMantineColorScheme } from "@mantine/core";
import { useNavigate } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { chooseLanguage, language } from "~/i18n";
import { signOut } from "~/session/leave";
import { useMe } from "~/session/me";
import { useWorkspace } from "~/session/workspace";
import { type Command, useCommands } from "~/ui/commands";
import { useNewOrganization } from "./-NewOrganization";
import { useRooms } from "./-rooms";
import { settingsPages } from "./-settings-pages";
import { useSwitchOrganization } from "./-switch";

type Openers = { openHelp: () => void; openPalette: () => void };

/** What can be done from everywhere in an organization. */
export function useAppCommands({ openHelp, openPalette }: Openers) {
  const { t } = useTranslation();
  const { slug, at, can } = useWorkspace();
  const { organizations } = useMe();
  const navigate = useNavigate();
  const rooms = useRooms();
  const openNew = useNewOrganization();
  const switchTo = useSwitchOrganization();
  const { toggleColorScheme } = useMantineColorScheme();

  useCommands(() => {
    const go = rooms.map(
      ({ id, to, keys }): Command => ({
        id: `go.${id}`,
        group: "go",
        keys,
        label: t(`shell.rooms.${id}`),
        run: () => navigate({ to }),
      }),
    );
    const mine: Command[] = can("tasks:read")
      ? [
          {
            id: "go.tasks",
            group: "go",
            label: t("tasks.mine"),
            run: () => navigate({ to: at("/projects/tasks") }),
          },
        ]
      : [];
    const pages = [
      ...settingsPages.me.map(({ id, path }) => ({ id, to: path as string })),
      ...settingsPages.admin.filter(({ needs }) => can(needs)).map(({ id, path }) => ({ id, to: at(path) })),
    ];
    const settings = pages.map(
      ({ id, to }): Command => ({
        id: `settings.${id}`,
        group: "go",
        label: t(`shell.settings.pages.${id}`),
        run: () => navigate({ to }),
      }),
    );
    const others = organizations
      .filter((other) => other.slug !== slug)
      .map(
        (other): Command => ({
          id: `switch.${other.slug}`,
          group: "app",
          label: t("shell.switchTo", { name: other.name }),
          run: () => switchTo(other.slug),
        }),
      );
    const speakOther = () => chooseLanguage(language() === "de" ? "en" : "de");
    return [
      ...go,
      ...mine,
      ...settings,
      {
        id: "app.palette",
        group: "app",
        keys: "mod+k",
        hidden: true,
        label: t("shell.palette.title"),
        run: openPalette,
      },
      { id: "app.help", group: "app", keys: "?", label: t("shell.shortcuts"), run: openHelp },
      { id: "app.scheme", group: "app", label: t("shell.toggleScheme"), run: toggleColorScheme },
      { id: "app.language", group: "app", label: t("shell.otherLanguage"), run: speakOther },
      ...others,
      { id: "app.newOrganization", group: "app", label: t("organizations.new.title"), run: openNew },
      { id: "app.signOut", group: "app", label: t("shell.signOut"), run: signOut },
    ];
  }, [t, slug, organizations]);
}
