import { Button, Popover, Skeleton, Stack, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconClock, IconCoin, IconCoinOff, IconFolder, IconTrash } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useWorkspace } from "~/session/workspace";
import tableClasses from "~/ui/DataTable.module.css";
import { hours } from "~/ui/duration";
import { EmptyState } from "~/ui/EmptyState";
import { longDate } from "~/ui/format";
import type { About, Entry } from "~/ui/time/entries";
import classes from "~/ui/time/hours.module.css";
import { SubjectSelect } from "~/ui/time/SubjectSelect";
import { addDays } from "~/ui/zone";
import { EntryRow } from "./-EntryRow";
import { type Item, useEntryActions } from "./-entries";

const sum = (entries: Entry[]) => entries.reduce((all, { seconds }) => all + (seconds ?? 0), 0);
const billable = (entries: Entry[]) => entries.filter((entry) => entry.billable);

function byDay(entries: Entry[]): Map<string, Entry[]> {
  const days = new Map<string, Entry[]>();
  for (const entry of entries) days.set(entry.work_date, [...(days.get(entry.work_date) ?? []), entry]);
  return days;
}

type DayListProps = {
  /** Undefined while they are on their way. */
  entries: Entry[] | undefined;
  today: string;
  note?: string;
  openNew: () => void;
  open: (what: "edit" | "split" | "duplicate", id: string) => void;
};

/** Entries under their days, with sums; some of them may be changed together. */
export function DayList({ entries, today, note, openNew, open }: DayListProps) {
  const { t } = useTranslation();
  const { can } = useWorkspace();
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set());
  if (!entries) return <DaysSkeleton />;
  if (!entries.length)
    return (
      <EmptyState
        icon={IconClock}
        title={t("timesheets.days.empty.title")}
        text={t("timesheets.days.empty.text")}
      >
        {can("time:write") && <Button onClick={openNew}>{t("timesheets.days.new")}</Button>}
      </EmptyState>
    );
  const days = byDay(entries);
  const chosen = entries.filter(({ id }) => selected.has(id));
  const toggle = (id: string) => {
    const next = new Set(selected);
    if (!next.delete(id)) next.add(id);
    setSelected(next);
  };
  const nameOfDay = (day: string) =>
    day === today
      ? `${t("timesheets.days.today")} · ${longDate(day)}`
      : day === addDays(today, -1)
        ? `${t("timesheets.days.yesterday")} · ${longDate(day)}`
        : longDate(day);
  return (
    <>
      {chosen.length > 0 && <Bulk entries={chosen} clear={() => setSelected(new Set())} />}
      <div className={classes.scroll}>
        {[...days].map(([day, inDay]) => (
          <section key={day} className={classes.day} aria-labelledby={`day-${day}`}>
            <header className={classes.dayHead}>
              <h2 id={`day-${day}`}>{nameOfDay(day)}</h2>
              <span className={classes.daySum}>{hours(sum(inDay))}</span>
            </header>
            <ul className={classes.entries}>
              {inDay.map((entry) => (
                <EntryRow
                  key={entry.id}
                  entry={entry}
                  isSelected={selected.has(entry.id)}
                  toggle={() => toggle(entry.id)}
                  open={(what) => open(what, entry.id)}
                />
              ))}
            </ul>
          </section>
        ))}
      </div>
      <Text size="xs" c="dimmed" role="status" className={classes.foot}>
        <b>{t("timesheets.days.sum", { time: hours(sum(entries)) })}</b>
        {" · "}
        {t("timesheets.days.billable", { time: hours(sum(billable(entries))) })}
        {" · "}
        {note ?? t("timesheets.days.entries", { count: entries.length })}
      </Text>
    </>
  );
}

/** The same for several entries at once, in one transaction. */
function Bulk({ entries, clear }: { entries: Entry[]; clear: () => void }) {
  const { t } = useTranslation();
  const { changeMany, remove } = useEntryActions();
  const [opened, { toggle, close }] = useDisclosure(false);
  const change = async (data: Extract<Item, { op: "change" }>["data"]) => {
    const items = entries.map(({ id, version }): Item => ({ op: "change", id, version, data }));
    if (await changeMany(items, entries)) clear();
  };
  const move = ({ project, task }: About) => {
    close();
    return change({ project_id: project.id, task_id: task?.id ?? null });
  };
  const button = { size: "compact-sm", variant: "subtle" } as const;
  return (
    <section className={tableClasses.bulk} aria-label={t("common.selection")}>
      <Text size="sm" fw={500}>
        {t("common.selected", { count: entries.length })} · {hours(sum(entries))}
      </Text>
      <Popover
        opened={opened}
        onChange={(open) => !open && close()}
        width={320}
        trapFocus
        shadow="lg"
        radius="md"
      >
        <Popover.Target>
          <Button {...button} leftSection={<IconFolder size={15} />} onClick={toggle}>
            {t("timesheets.days.move")}
          </Button>
        </Popover.Target>
        <Popover.Dropdown aria-label={t("timesheets.days.move")}>
          <SubjectSelect
            data-autofocus
            value={null}
            onChange={move}
            comboboxProps={{ withinPortal: false }}
          />
        </Popover.Dropdown>
      </Popover>
      <Button {...button} leftSection={<IconCoin size={15} />} onClick={() => change({ billable: true })}>
        {t("timesheets.days.isBillable")}
      </Button>
      <Button {...button} leftSection={<IconCoinOff size={15} />} onClick={() => change({ billable: false })}>
        {t("timesheets.days.notBillable")}
      </Button>
      <Button
        {...button}
        color="red.8"
        c="var(--mantine-color-error)"
        leftSection={<IconTrash size={15} />}
        onClick={async () => {
          if (await remove(entries)) clear();
        }}
      >
        {t("timesheets.days.delete")}
      </Button>
    </section>
  );
}

function DaysSkeleton() {
  return (
    <Stack gap="xl" p="var(--gutter)" aria-busy>
      {["50%", "35%", "60%", "45%"].map((width) => (
        <Skeleton key={width} h={14} w={width} />
      ))}
    </Stack>
  );
}
