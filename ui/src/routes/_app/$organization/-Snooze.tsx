import { ActionIcon, Menu } from "@mantine/core";
import { IconAlarmSnooze } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { useWorkspace } from "~/session/workspace";
import { moment } from "~/ui/format";
import classes from "~/ui/time/notices.module.css";
import { addDays, dayAt, instantAt, weekOf } from "~/ui/zone";

type SnoozeProps = { name: string; snooze: (until: string) => unknown };
const MORNING = "08:00";
const LATER_MS = 3 * 3_600_000;

/** Out of sight until one has time for it; then it comes back unread. */
export function Snooze({ name, snooze }: SnoozeProps) {
  const { t } = useTranslation();
  const { timeZone } = useWorkspace();
  const today = dayAt(Date.now(), timeZone);
  const choices = {
    later: new Date(Date.now() + LATER_MS).toISOString(),
    tomorrow: instantAt(addDays(today, 1), MORNING, timeZone),
    week: instantAt(addDays(weekOf(today, "monday"), 7), MORNING, timeZone),
  };
  return (
    <Menu position="bottom-end" width={260}>
      <Menu.Target>
        <ActionIcon
          className={classes.check}
          aria-label={t("notices.snooze.named", { name })}
          title={t("notices.snooze.title")}
        >
          <IconAlarmSnooze size={18} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>{t("notices.snooze.title")}</Menu.Label>
        {(Object.keys(choices) as (keyof typeof choices)[]).map((choice) => (
          <Menu.Item key={choice} onClick={() => snooze(choices[choice])}>
            {t(`notices.snooze.${choice}`)}
            <small className={classes.until}>{moment(choices[choice], timeZone)}</small>
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
