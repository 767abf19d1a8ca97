import { IconArrowLeft } from "@tabler/icons-react";
import { Link, useLocation } from "@tanstack/react-router";
import type { ComponentType } from "react";
import { useTranslation } from "react-i18next";
import { useWorkspace } from "~/session/workspace";
import classes from "~/ui/shell.module.css";
import { useRooms } from "./-rooms";
import { settingsPages } from "./-settings-pages";

/** The rooms of the organization; on settings pages those instead, and a way back. */
export function Navigation() {
  const { at } = useWorkspace();
  const { pathname } = useLocation();
  const isSettings = /^\/me(\/|$)/.test(pathname) || `${pathname}/`.startsWith(`${at("/admin")}/`);
  return isSettings ? <SettingsNavigation /> : <Rooms />;
}

function Rooms() {
  const { t } = useTranslation();
  const rooms = useRooms();
  return (
    <nav aria-label={t("shell.navigation")} className={classes.nav}>
      {rooms.map(({ id, to, icon, isExact }) => (
        <NavigationLink key={id} to={to} icon={icon} label={t(`shell.rooms.${id}`)} isExact={isExact} />
      ))}
    </nav>
  );
}

function SettingsNavigation() {
  const { t } = useTranslation();
  const { at, can, membership } = useWorkspace();
  const admin = settingsPages.admin.filter(({ needs }) => can(needs));
  return (
    <nav aria-label={t("shell.settings.title")} className={classes.nav}>
      <Link to={at("")} className={classes.link} activeOptions={{ exact: true }}>
        <IconArrowLeft size={18} stroke={1.7} aria-hidden />
        {t("shell.settings.back")}
      </Link>
      <section aria-labelledby="settings-me" className={classes.navGroup}>
        <h2 id="settings-me">{t("shell.settings.me")}</h2>
        {settingsPages.me.map(({ id, path, icon }) => (
          <NavigationLink key={id} to={path} icon={icon} label={t(`shell.settings.pages.${id}`)} />
        ))}
      </section>
      {admin.length > 0 && (
        <section aria-labelledby="settings-admin" className={classes.navGroup}>
          <h2 id="settings-admin">{membership.name}</h2>
          {admin.map(({ id, path, icon }) => (
            <NavigationLink key={id} to={at(path)} icon={icon} label={t(`shell.settings.pages.${id}`)} />
          ))}
        </section>
      )}
    </nav>
  );
}

type NavigationLinkProps = {
  to: string;
  icon: ComponentType<{ size?: number; stroke?: number }>;
  label: string;
  isExact?: boolean;
};

function NavigationLink({ to, icon: Icon, label, isExact }: NavigationLinkProps) {
  return (
    <Link to={to} className={classes.link} activeOptions={{ exact: isExact, includeSearch: false }}>
      <Icon size={18} stroke={1.7} aria-hidden />
      {label}
    </Link>
  );
}
