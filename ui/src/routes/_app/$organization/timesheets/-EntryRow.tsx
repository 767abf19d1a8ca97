import { ActionIcon, Checkbox, Menu } from "@mantine/core";
import {
  IconCopy,
  IconDots,
  IconEdit,
  IconPlayerPlay,
  IconSeparatorVertical,
  IconTrash,
} from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { type Problem, problemOf } from "~/api/problem";
import { useWorkspace } from "~/session/workspace";
import { hours } from "~/ui/duration";
import { type Entry, nameOf, subjectOf } from "~/ui/time/entries";
import classes from "~/ui/time/hours.module.css";
import { type Fix, Overlap } from "~/ui/time/Overlap";
import { useTimerActions } from "~/ui/time/timer";
import { sayProblem } from "~/ui/toast";
import { Billable, Locked, Review } from "./-EntryMarks";
import { EntryTime } from "./-EntryTime";
import { useEntryActions } from "./-entries";

type EntryRowProps = {
  entry: Entry;
  isSelected: boolean;
  toggle: () => void;
  open: (what: "edit" | "split" | "duplicate") => void;
};

/** An entry: what, when, how long; a refused change stays with the row until it is put right. */
export function EntryRow({ entry, isSelected, toggle, open }: EntryRowProps) {
  const { t } = useTranslation();
  const { can, timeZone } = useWorkspace();
  const { start } = useTimerActions();
  const { change, remove } = useEntryActions();
  const [refused, setRefused] = useState<{ problem: Problem; retry: (fix: Fix) => Promise<unknown> } | null>(
    null,
  );
  const [turn, setTurn] = useState(0);
  const [name, subject] = [nameOf(entry), subjectOf(entry)];
  const mayChange = can("time:write") && !entry.locked;

  const attempt = async (run: (fix?: Fix) => Promise<unknown>, fix?: Fix) => {
    try {
      await run(fix);
      setRefused(null);
    } catch (error) {
      const problem = problemOf(error);
      if (problem.code === "time_overlap") setRefused({ problem, retry: (next) => attempt(run, next) });
      else throw error;
    }
  };
  const save = (data: Parameters<typeof change>[1]) => attempt((fix) => change(entry, data, fix));
  const canSave = mayChange && !entry.is_running ? save : undefined;
  const saveQuietly = (data: Parameters<typeof change>[1]) => save(data).catch(sayProblem);
  return (
    <li className={classes.entry} data-selected={isSelected || undefined}>
      <div className={classes.row}>
        {mayChange ? (
          <Checkbox
            size="xs"
            aria-label={t("timesheets.days.select", { name })}
            checked={isSelected}
            onChange={toggle}
          />
        ) : (
          <Locked why={entry.locked} />
        )}
        <span className={classes.what}>
          <span className={classes.name}>{name}</span>
          {name !== subject && <span className={classes.subject}>{subject}</span>}
          {entry.activity && entry.activity !== name && (
            <span className={classes.subject}>{entry.activity}</span>
          )}
        </span>
        {entry.needs_review && <Review confirm={() => saveQuietly({ needs_review: false })} />}
        <Billable
          entry={entry}
          change={mayChange ? () => saveQuietly({ billable: !entry.billable }) : undefined}
        />
        <span className={classes.time}>
          {entry.started_at && <EntryTime key={turn} entry={entry} save={canSave} />}
        </span>
        <span className={classes.duration}>
          {entry.is_running ? (
            <em>{t("timesheets.days.running")}</em>
          ) : entry.started_at ? (
            hours(entry.seconds ?? 0)
          ) : (
            <EntryTime entry={entry} save={canSave} />
          )}
        </span>
        {can("time:write") && (
          <ActionIcon aria-label={t("timesheets.days.continue", { name })} onClick={() => start(entry)}>
            <IconPlayerPlay size={16} />
          </ActionIcon>
        )}
        <EntryMenu entry={entry} mayChange={mayChange} open={open} remove={() => remove([entry])} />
      </div>
      {refused && (
        <div className={classes.refused}>
          <Overlap
            problem={refused.problem}
            timeZone={timeZone}
            apply={(fix) => refused.retry(fix).catch(sayProblem)}
            cancel={() => {
              setRefused(null);
              setTurn(turn + 1); // what was typed is forgotten
            }}
          />
        </div>
      )}
    </li>
  );
}

type EntryMenuProps = Pick<EntryRowProps, "entry" | "open"> & { mayChange: boolean; remove: () => void };

function EntryMenu({ entry, mayChange, open, remove }: EntryMenuProps) {
  const { t } = useTranslation();
  const { can } = useWorkspace();
  if (!can("time:write")) return null;
  return (
    <Menu position="bottom-end" width={200}>
      <Menu.Target>
        <ActionIcon aria-label={t("timesheets.days.more", { name: nameOf(entry) })}>
          <IconDots size={16} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        {mayChange && (
          <Menu.Item leftSection={<IconEdit size={16} />} onClick={() => open("edit")}>
            {t("common.edit")}
          </Menu.Item>
        )}
        {mayChange && !entry.is_running && (
          <Menu.Item leftSection={<IconSeparatorVertical size={16} />} onClick={() => open("split")}>
            {t("timesheets.days.split")}
          </Menu.Item>
        )}
        <Menu.Item leftSection={<IconCopy size={16} />} onClick={() => open("duplicate")}>
          {t("timesheets.days.duplicate")}
        </Menu.Item>
        {mayChange && (
          <>
            <Menu.Divider />
            <Menu.Item c="var(--mantine-color-error)" leftSection={<IconTrash size={16} />} onClick={remove}>
              {t("timesheets.days.delete")}
            </Menu.Item>
          </>
        )}
      </Menu.Dropdown>
    </Menu>
  );
}
