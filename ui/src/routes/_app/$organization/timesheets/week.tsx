import { Skeleton, Stack } from "@mantine/core";
import { createFileRoute, type SearchSchemaInput } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { problemOf } from "~/api/problem";
import { useWorkspace } from "~/session/workspace";
import { ErrorState } from "~/ui/ErrorState";
import { dayRange } from "~/ui/format";
import { Page } from "~/ui/Page";
import { StatusBadge } from "~/ui/StatusBadge";
import classes from "~/ui/time/hours.module.css";
import { useMyId } from "~/ui/time/me";
import { addDays, dayAt, readDay, weekOf } from "~/ui/zone";
import { requireRight } from "../-place";
import { OneWeek } from "./-OneWeek";
import { PeriodNav } from "./-PeriodNav";
import { TONES } from "./-steps";
import { Tabs } from "./-Tabs";

type Search = { week?: string; member?: string };

export const Route = createFileRoute("/_app/$organization/timesheets/week")({
  beforeLoad: ({ context }) => requireRight(context.membership, "time:read"),
  validateSearch: (raw: Partial<Search> & SearchSchemaInput): Search => ({
    week: readDay(raw.week),
    member: typeof raw.member === "string" ? raw.member : undefined,
  }),
  component: WeekPage,
});

/** The week of a member, one's own if nobody is named. */
function WeekPage() {
  const { t } = useTranslation();
  const { $api, organization } = useWorkspace();
  const search = Route.useSearch();
  const navigate = Route.useNavigate();
  const me = useMyId();
  const member = search.member ?? me;
  const today = dayAt(Date.now(), organization.time_zone);
  const day = weekOf(search.week ?? today, organization.week_start);
  const params = { path: { member_id: member ?? "", day } };
  const query = $api.useQuery(
    "get",
    "/api/timesheets/{member_id}/{day}",
    { params },
    { enabled: member !== undefined },
  );
  const week = query.data;
  const isMine = member === me;
  const go = (to: string | undefined) => navigate({ search: (before) => ({ ...before, week: to }) });
  const name = week && !isMine ? t("timesheets.week.of", { name: week.member.name }) : t("timesheets.title");
  const nav = (
    <div className={classes.toolbar}>
      <PeriodNav
        shown={dayRange(day, addDays(day, 6))}
        labels={{
          previous: t("timesheets.week.previous"),
          next: t("timesheets.week.next"),
          now: t("timesheets.week.this"),
        }}
        step={(by) => go(addDays(day, 7 * by))}
        goNow={() => go(undefined)}
      />
      {week && (
        <StatusBadge tone={TONES[week.state]}>{t(`timesheets.week.states.${week.state}`)}</StatusBadge>
      )}
    </div>
  );
  if (week && member)
    return <OneWeek key={`${member}/${day}`} title={name} nav={nav} {...{ week, member, day, isMine }} />;
  return (
    <Page isList title={name} badge={<Tabs />}>
      {nav}
      {query.error ? (
        <ErrorState problem={problemOf(query.error)} retry={() => query.refetch()} />
      ) : (
        <Stack gap="xl" p="var(--gutter)" aria-busy>
          {["60%", "45%", "55%"].map((width) => (
            <Skeleton key={width} h={14} w={width} />
          ))}
        </Stack>
      )}
    </Page>
  );
}
