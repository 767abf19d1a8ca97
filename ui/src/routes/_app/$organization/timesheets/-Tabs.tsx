import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { useWorkspace } from "~/session/workspace";
import classes from "~/ui/time/hours.module.css";

const PAGES = [
  { id: "days", path: "/timesheets", needs: "time:read", isExact: true },
  { id: "week", path: "/timesheets/week", needs: "time:read", isExact: false },
  { id: "approvals", path: "/timesheets/approvals", needs: "time:approve", isExact: false },
] as const;

/** The same hours by day, by week, and those that wait for approval. */
export function Tabs() {
  const { t } = useTranslation();
  const { at, can } = useWorkspace();
  return (
    <nav className={classes.tabs} aria-label={t("timesheets.pages.label")}>
      {PAGES.filter(({ needs }) => can(needs)).map(({ id, path, isExact }) => (
        <Link
          key={id}
          to={at(path)}
          className={classes.tab}
          activeOptions={{ exact: isExact, includeSearch: false }}
        >
          {t(`timesheets.pages.${id}`)}
        </Link>
      ))}
    </nav>
  );
}
