import { ActionIcon, Burger, Drawer, UnstyledButton } from "@mantine/core";
import { useDisclosure, useMediaQuery } from "@mantine/hooks";
import { IconSearch } from "@tabler/icons-react";
import { useLocation } from "@tanstack/react-router";
import { type ReactNode, useEffect } from "react";
import { useTranslation } from "react-i18next";
import { useWorkspace } from "~/session/workspace";
import { Banners } from "~/ui/Banners";
import { listenToKeys } from "~/ui/commands";
import { Keys } from "~/ui/Keys";
import { Palette } from "~/ui/Palette";
import { ShortcutHelp } from "~/ui/ShortcutHelp";
import classes from "~/ui/shell.module.css";
import { useAppCommands } from "./-commands";
import { Header } from "./-Header";
import { Navigation } from "./-Navigation";
import { OrganizationMenu } from "./-OrganizationMenu";
import { useRecordSearch } from "./-record-search";
import { UserMenu } from "./-UserMenu";

/** Navigation beside the screen, on phones behind a burger; palette and help over it. */
export function WorkspaceShell({ children }: { children: ReactNode }) {
  const { t } = useTranslation();
  const { membership } = useWorkspace();
  const { pathname } = useLocation();
  const [menu, { open, close }] = useDisclosure(false);
  const [help, helpActions] = useDisclosure(false);
  const [palette, paletteActions] = useDisclosure(false);
  const isPhone = useMediaQuery("(max-width: 48em)");
  useEffect(listenToKeys, []);
  useAppCommands({ openHelp: helpActions.open, openPalette: paletteActions.open });
  // biome-ignore lint/correctness/useExhaustiveDependencies: whoever arrives somewhere has left the menu
  useEffect(close, [pathname]);

  const sidebar = (
    <>
      <OrganizationMenu />
      <UnstyledButton className={`${classes.link} ${classes.search}`} onClick={paletteActions.open}>
        <IconSearch size={16} aria-hidden />
        {t("shell.search")}
        <Keys keys="mod+k" />
      </UnstyledButton>
      <Navigation />
      <UserMenu openHelp={helpActions.open} />
    </>
  );
  return (
    <div className={classes.shell}>
      <a href="#main" className={classes.skip}>
        {t("shell.skip")}
      </a>
      <div className={classes.topbar}>
        <Burger size="sm" opened={menu} onClick={open} aria-label={t("shell.menu")} />
        <span className={classes.here}>{membership.name}</span>
        {isPhone && <Header isPhone />}
        <ActionIcon size={40} aria-label={t("shell.search")} onClick={paletteActions.open}>
          <IconSearch size={20} />
        </ActionIcon>
      </div>
      {isPhone ? (
        <Drawer
          opened={menu}
          onClose={close}
          size={300}
          title={t("shell.menu")}
          classNames={{ content: classes.drawer, body: classes.drawer }}
        >
          <div className={classes.sidebar}>{sidebar}</div>
        </Drawer>
      ) : (
        <div className={`${classes.sidebar} ${classes.desktop}`}>{sidebar}</div>
      )}
      <div className={classes.side}>
        {!isPhone && (
          <header className={classes.bar}>
            <Header />
          </header>
        )}
        <main id="main" tabIndex={-1} className={classes.main}>
          <Banners />
          <div className={classes.scroll}>{children}</div>
        </main>
      </div>
      <Palette opened={palette} onClose={paletteActions.close} useRecords={useRecordSearch} />
      <ShortcutHelp opened={help} onClose={helpActions.close} />
    </div>
  );
}
