import { Button, Group } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { components } from "~/api/schema.gen";
import { useWorkspace } from "~/session/workspace";
import type { Column } from "~/ui/DataTable";
import { hours } from "~/ui/duration";
import { When } from "~/ui/Facts";
import { day, dayRange } from "~/ui/format";
import { RowLink } from "~/ui/RowLink";
import { StatusBadge } from "~/ui/StatusBadge";
import { addDays } from "~/ui/zone";
import { type Step, TONES } from "./-steps";

export type Handed = components["schemas"]["TimesheetOut"];
type Due = components["schemas"]["DueMember"];

const MOST_DAYS = 62;
const STEPS: Partial<Record<Handed["state"], Step[]>> = {
  submitted: ["approve", "reject"],
  approved: ["reopen"],
};

/** Expected and missing seconds of a week by its id, for the latest weeks of the list. */
export function useMissing(weeks: Handed[]): Map<string, number> {
  const { $api } = useWorkspace();
  const last = weeks.reduce((latest, { ends_on }) => (ends_on > latest ? ends_on : latest), "");
  const furthest = last && addDays(last, 1 - MOST_DAYS);
  const first = weeks.reduce(
    (earliest, { starts_on }) => (starts_on < earliest && starts_on >= furthest ? starts_on : earliest),
    last,
  );
  const params = { query: { day_from: first, day_to: last } };
  const { data } = $api.useQuery("get", "/api/timesheets/completeness", { params }, { enabled: last !== "" });
  const members = new Map((data?.members ?? []).map((due) => [due.member.id, due]));
  const known = weeks.filter(({ starts_on, member }) => starts_on >= first && members.has(member.id));
  return new Map(known.map((week) => [week.id, missingIn(members.get(week.member.id), week)]));
}

function missingIn(due: Due | undefined, { starts_on, ends_on }: Handed): number {
  const days = due?.days.filter((each) => each.day >= starts_on && each.day <= ends_on) ?? [];
  return days.reduce((sum, { missing_seconds }) => sum + missing_seconds, 0);
}

export const nameOfWeek = ({ member, starts_on }: Handed) => ({
  name: member.name,
  week: day(starts_on, "UTC"),
});

export function useApprovalColumns(missing: Map<string, number>, take: (step: Step, week: Handed) => void) {
  const { t } = useTranslation();
  const { at, timeZone } = useWorkspace();
  const columns: Column<Handed>[] = [
    {
      id: "person",
      label: t("timesheets.approvals.person"),
      render: (week) => (
        <RowLink
          to={at(pathOfWeek(week))}
          name={week.member.name}
          second={`${dayRange(week.starts_on, week.ends_on)} · ${hours(week.seconds)}`}
        />
      ),
    },
    {
      id: "starts_on",
      label: t("timesheets.approvals.week"),
      sortable: true,
      startsDescending: true,
      width: 190,
      render: ({ starts_on, ends_on }) => dayRange(starts_on, ends_on),
    },
    {
      id: "hours",
      label: t("timesheets.approvals.hours"),
      align: "right",
      width: 90,
      render: ({ seconds }) => hours(seconds),
    },
    {
      id: "missing",
      label: t("timesheets.approvals.missing"),
      align: "right",
      width: 110,
      quiet: true,
      render: ({ id }) => {
        const seconds = missing.get(id);
        if (seconds === undefined) return "–";
        return seconds ? hours(seconds) : t("timesheets.approvals.complete");
      },
    },
    {
      id: "state",
      label: t("timesheets.approvals.state"),
      width: 140,
      render: ({ state }) => (
        <StatusBadge tone={TONES[state]}>{t(`timesheets.week.states.${state}`)}</StatusBadge>
      ),
    },
    {
      id: "submitted_at",
      label: t("timesheets.approvals.submittedAt"),
      sortable: true,
      startsDescending: true,
      quiet: true,
      width: 140,
      render: ({ submitted_at }) => submitted_at && <When at={submitted_at} timeZone={timeZone} />,
    },
    {
      id: "actions",
      label: t("common.actions"),
      align: "right",
      phone: true,
      width: 210,
      render: (week) => (
        <Group gap={6} justify="flex-end" wrap="nowrap" style={{ position: "relative", zIndex: 1 }}>
          {(STEPS[week.state] ?? []).map((step) => (
            <Button
              key={step}
              size="compact-sm"
              visibleFrom={step === "reject" ? "sm" : undefined}
              variant={step === "approve" ? "light" : "default"}
              aria-label={t(`timesheets.approvals.${step as "approve"}One`, {
                name: t("timesheets.approvals.name", nameOfWeek(week)),
              })}
              onClick={() => take(step, week)}
            >
              {t(`timesheets.week.steps.${step}`)}
            </Button>
          ))}
        </Group>
      ),
    },
  ];
  return columns;
}

export const pathOfWeek = ({ member, starts_on }: Handed) =>
  `/timesheets/week?week=${starts_on}&member=${member.id}`;
