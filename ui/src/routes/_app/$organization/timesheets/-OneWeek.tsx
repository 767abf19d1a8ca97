import { Alert, Button, Stack, Text } from "@mantine/core";
import { IconAlertTriangle, IconCalendarWeek, IconPlus } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import { type ReactNode, useState } from "react";
import { useTranslation } from "react-i18next";
import { useWorkspace } from "~/session/workspace";
import { useCommands } from "~/ui/commands";
import { EmptyState } from "~/ui/EmptyState";
import { Page } from "~/ui/Page";
import type { About } from "~/ui/time/entries";
import { SubjectSelect } from "~/ui/time/SubjectSelect";
import classes from "~/ui/time/week.module.css";
import { say, sayProblem } from "~/ui/toast";
import { addDays } from "~/ui/zone";
import { useCells } from "./-cells";
import { type Item, useEntryActions } from "./-entries";
import { copiesOf, gridOf, keyOfRow, type RowAbout, type Week } from "./-grid";
import { Tabs } from "./-Tabs";
import { WeekActions } from "./-WeekActions";
import { WeekGrid } from "./-WeekGrid";

const GRID = "/api/timesheets/{member_id}/{day}";

type OneWeekProps = {
  title: string;
  nav: ReactNode;
  week: Week;
  member: string;
  day: string;
  isMine: boolean;
};

/** A week that is there: its grid, and what can be done with it. */
export function OneWeek({ title, nav, week, member, day, isMine }: OneWeekProps) {
  const { t } = useTranslation();
  const { $api, queryClient, at } = useWorkspace();
  const { changeMany } = useEntryActions();
  const cells = useCells(member, day);
  const [added, setAdded] = useState<RowAbout[]>([]);
  const [isAdding, setIsAdding] = useState(false);
  const mayWrite = isMine && week.steps.includes("submit");
  const rows = gridOf(week, added, cells.typed, isMine);
  useCommands(
    () =>
      mayWrite
        ? [
            {
              id: "new",
              group: "create",
              keys: "n",
              label: t("timesheets.week.add"),
              run: () => setIsAdding(true),
            },
          ]
        : [],
    [t, mayWrite],
  );
  const add = ({ project, task }: About) => {
    setIsAdding(false);
    const row = { project, task, activity: null };
    if (!rows.some(({ key }) => key === keyOfRow(row))) setAdded([...added, row]);
  };
  async function copy(withHours: boolean) {
    try {
      const params = { path: { member_id: member, day: addDays(day, -7) } };
      const before = await queryClient.fetchQuery($api.queryOptions("get", GRID, { params }));
      if (!before.rows.length) return say(t("timesheets.week.nothingToCopy"));
      const all = [
        ...added,
        ...before.rows.filter((row) => !added.some((known) => keyOfRow(known) === keyOfRow(row))),
      ];
      setAdded(all);
      const copies = withHours ? copiesOf(before, gridOf(week, all, cells.typed, isMine)) : [];
      const items = copies.map(({ row, day: work_date, seconds }): Item => {
        const { project, task, activity } = row;
        const about = { project_id: project.id, task_id: task?.id ?? null, activity };
        return { op: "create", data: { ...about, kind: "amount", work_date, seconds } };
      });
      if (items.length) await changeMany(items, []);
    } catch (error) {
      sayProblem(error);
    }
  }
  const isReturned = week.state === "rejected" || week.state === "reopened";
  return (
    <Page
      isList
      title={title}
      badge={<Tabs />}
      actions={<WeekActions {...{ week, isMine, copy, whenSaved: cells.whenSaved }} />}
    >
      {nav}
      <Stack gap="xs" className={classes.notes}>
        {isReturned && week.reason && (
          <Alert variant="default" icon={<IconAlertTriangle size={18} />}>
            {t(`timesheets.week.${week.state as "rejected"}`, { reason: week.reason })}
          </Alert>
        )}
        {week.review_ids.length > 0 && isMine && (
          <Alert variant="default" icon={<IconAlertTriangle size={18} />}>
            {t("timesheets.week.review", { count: week.review_ids.length })}{" "}
            <Link to={at("/timesheets")} search={{ day: week.starts_on } as never} className={classes.see}>
              {t("timesheets.week.seeDays")}
            </Link>
          </Alert>
        )}
      </Stack>
      {rows.length > 0 ? (
        <WeekGrid week={week} rows={rows} cells={cells} />
      ) : (
        <EmptyState
          icon={IconCalendarWeek}
          title={t("timesheets.week.empty.title")}
          text={t("timesheets.week.empty.text")}
        />
      )}
      {mayWrite && (
        <div className={classes.add}>
          {isAdding ? (
            <SubjectSelect autoFocus w={340} value={null} onChange={add} onBlur={() => setIsAdding(false)} />
          ) : (
            <Button variant="subtle" leftSection={<IconPlus size={16} />} onClick={() => setIsAdding(true)}>
              {t("timesheets.week.add")}
            </Button>
          )}
          <Text size="xs" c="dimmed" visibleFrom="sm">
            {t("timesheets.week.keys")}
          </Text>
        </div>
      )}
    </Page>
  );
}
