import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { useWorkspace } from "~/session/workspace";
import classes from "~/ui/shell.module.css";
import { rooms } from "./-rooms";

export function Navigation() {
  const { t } = useTranslation();
  const { at, can } = useWorkspace();
  const open = rooms.filter(({ needs }) => !needs || can(needs));
  return (
    <nav aria-label={t("shell.navigation")} className={classes.nav}>
      {open.map(({ id, path, icon: Icon }) => (
        <Link
          key={id}
          to={at(path)}
          className={classes.link}
          activeOptions={{ exact: path === "", includeSearch: false }}
        >
          <Icon size={18} stroke={1.7} aria-hidden />
          {t(`shell.rooms.${id}`)}
        </Link>
      ))}
    </nav>
  );
}
