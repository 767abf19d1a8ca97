import { Button, Menu } from "@mantine/core";
import { IconCopy, IconSend2 } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { ask } from "~/ui/ask";
import { hours } from "~/ui/duration";
import { shortDate } from "~/ui/format";
import { gapsOf, type Week } from "./-grid";
import { type Step, useSteps } from "./-steps";

const LEADING: readonly Step[] = ["submit", "approve"];

type WeekActionsProps = {
  week: Week;
  isMine: boolean;
  whenSaved: () => Promise<unknown>;
  copy: (withHours: boolean) => void;
};

/** What the server lets one do next with this week. */
export function WeekActions({ week, isMine, whenSaved, copy }: WeekActionsProps) {
  const { t } = useTranslation();
  const take = useSteps();
  const isOpen = week.steps.includes("submit");
  const others: Step[] = isMine ? ["reject"] : ["submit", "withdraw"];
  const steps = week.steps.filter((step) => !others.includes(step));

  const go = async (step: Step) => {
    await whenSaved();
    const unsaved = document.querySelector<HTMLElement>("[data-cell][aria-invalid=true]");
    if (unsaved) return unsaved.focus();
    const gaps = step === "submit" ? gapsOf(week) : [];
    const days = gaps.map(({ day, missing_seconds }) =>
      t("timesheets.week.incomplete.gap", { day: shortDate(day), time: hours(missing_seconds) }),
    );
    const question = {
      title: t("timesheets.week.incomplete.title"),
      text: t("timesheets.week.incomplete.text", { days: days.join(", ") }),
      confirm: t("timesheets.week.steps.submit"),
    };
    if (gaps.length === 0 || (await ask(question))) await take(step, week);
  };
  return (
    <>
      {isMine && isOpen && (
        <Menu position="bottom-end">
          <Menu.Target>
            <Button variant="default" leftSection={<IconCopy size={16} />}>
              {t("timesheets.week.copy")}
            </Button>
          </Menu.Target>
          <Menu.Dropdown>
            <Menu.Item onClick={() => copy(false)}>{t("timesheets.week.copyRows")}</Menu.Item>
            <Menu.Item onClick={() => copy(true)}>{t("timesheets.week.copyHours")}</Menu.Item>
          </Menu.Dropdown>
        </Menu>
      )}
      {steps.map((step) => (
        <Button
          key={step}
          variant={LEADING.includes(step) ? "filled" : "default"}
          leftSection={step === "submit" && <IconSend2 size={16} />}
          onClick={() => go(step)}
        >
          {t(`timesheets.week.steps.${step}`)}
        </Button>
      ))}
    </>
  );
}
