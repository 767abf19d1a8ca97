import { ActionIcon, Menu, Tooltip } from "@mantine/core";
import { IconAlertTriangle, IconCoin, IconCoinOff, IconLock } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { type Entry, nameOf } from "~/ui/time/entries";
import classes from "~/ui/time/hours.module.css";

/** Why an entry stays as it is, where others can be selected. */
export function Locked({ why }: { why: Entry["locked"] }) {
  const { t } = useTranslation();
  if (!why) return <span />;
  const reason = t(`timesheets.locked.${why}`);
  return (
    <Tooltip label={reason} multiline maw={280} events={{ hover: true, focus: true, touch: true }}>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: the reason must be within reach of the keyboard */}
      <span className={classes.lock} role="img" aria-label={reason} tabIndex={0}>
        <IconLock size={15} aria-hidden />
      </span>
    </Tooltip>
  );
}

/** An entry that can hardly be true: put it right, or say that it is. */
export function Review({ confirm }: { confirm: () => void }) {
  const { t } = useTranslation();
  return (
    <Menu width={280} position="bottom-end">
      <Menu.Target>
        <button type="button" className={classes.review}>
          <IconAlertTriangle size={14} aria-hidden />
          {t("timesheets.days.review")}
        </button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label className={classes.hint}>{t("timesheets.days.reviewText")}</Menu.Label>
        <Menu.Item onClick={confirm}>{t("timesheets.days.confirm")}</Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}

/** Whether somebody pays for it. */
export function Billable({ entry, change }: { entry: Entry; change: (() => void) | undefined }) {
  const { t } = useTranslation();
  const Icon = entry.billable ? IconCoin : IconCoinOff;
  const state = t(entry.billable ? "timesheets.days.isBillable" : "timesheets.days.notBillable");
  const icon = <Icon size={17} stroke={1.6} />;
  if (!change)
    return (
      <span className={classes.billable} role="img" aria-label={state} data-on={entry.billable || undefined}>
        {icon}
      </span>
    );
  const name = nameOf(entry);
  const label = entry.billable
    ? t("timesheets.days.makeUnbillable", { name })
    : t("timesheets.days.makeBillable", { name });
  return (
    <Tooltip label={state}>
      <ActionIcon
        className={classes.billable}
        role="switch"
        aria-checked={entry.billable}
        aria-label={label}
        data-on={entry.billable || undefined}
        onClick={change}
      >
        {icon}
      </ActionIcon>
    </Tooltip>
  );
}
