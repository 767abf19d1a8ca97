import { Progress } from "@mantine/core";
import { IconAlertCircle } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import type { components } from "~/api/schema.gen";
import { date } from "~/ui/format";
import classes from "~/ui/marks.module.css";
import { StatusBadge, type Tone } from "~/ui/StatusBadge";
import { dayAt } from "~/ui/zone";

export type ProjectRow = components["schemas"]["ProjectRow"];
export type Project = components["schemas"]["ProjectOut"];
export type ProjectState = ProjectRow["state"];

export const STATES = ["planned", "active", "paused", "done"] as const satisfies ProjectState[];
const TONES: Record<ProjectState, Tone> = {
  planned: "quiet",
  active: "good",
  paused: "waiting",
  done: "quiet",
};

export function ProjectStateBadge({ state }: { state: ProjectState }) {
  const { t } = useTranslation();
  return <StatusBadge tone={TONES[state]}>{t(`projects.states.${state}`)}</StatusBadge>;
}

/** Whether the project should have been done before today, the day it is where the organization is. */
export function isOverdue(
  { due_on, state }: Pick<ProjectRow, "due_on" | "state">,
  timeZone: string,
): boolean {
  return due_on !== null && state !== "done" && due_on < dayAt(Date.now(), timeZone);
}

/** A day something is due; what is late says so. */
export function Due({ on, isLate }: { on: string | null; isLate: boolean }) {
  const { t } = useTranslation();
  if (!on) return null;
  if (!isLate) return <span className={classes.due}>{date(on)}</span>;
  return (
    <span className={classes.due} data-late>
      <IconAlertCircle size={14} aria-label={t("projects.overdue")} />
      {date(on)}
    </span>
  );
}

/** What is done of what is to do; canceled tasks count as neither. */
export function progressOf({ task_counts: { backlog, unstarted, started, completed } }: ProjectRow) {
  return { done: completed, all: backlog + unstarted + started + completed };
}

export function TaskProgress({ project }: { project: ProjectRow }) {
  const { t } = useTranslation();
  const { done, all } = progressOf(project);
  if (all === 0) return <span className={classes.quiet}>{t("projects.noTasks")}</span>;
  return (
    <span className={classes.progress}>
      <Progress.Root size={6} w={72} radius="xl">
        <Progress.Section
          value={(done / all) * 100}
          color="var(--accent)"
          aria-label={t("projects.progress", { done, all })}
        />
      </Progress.Root>
      <span aria-hidden>
        {done}/{all}
      </span>
    </span>
  );
}
