import type { components } from "~/api/schema.gen";
import { hours } from "../duration";
import { timeAt } from "../zone";

export type Entry = components["schemas"]["TimeEntryOut"];
/** What time is spent on. */
export type About = Pick<Entry, "project" | "task">;
/** What is to be done: about what, and the words for it. */
export type Work = About & Partial<Pick<Entry, "note" | "activity" | "billable">>;

/** The task, else the project, as people call them. */
export const subjectOf = ({ project, task }: About) => (task ? `${task.code} ${task.title}` : project.name);

/** What one sees first of an entry: its own words, else what it was for. */
export const nameOf = (work: Work) => work.note?.split("\n")[0] || work.activity || subjectOf(work);

export const bodyOf = ({ project, task, note, activity, billable }: Work) => ({
  project_id: project.id,
  task_id: task?.id ?? null,
  note: note || null,
  activity: activity || null,
  billable,
  create_project: false,
});

/** "09:00–10:30", or how much where there was no clock. */
export function shownTime(entry: Entry, timeZone: string): string {
  if (!entry.started_at) return hours(entry.seconds ?? 0);
  return `${timeAt(entry.started_at, timeZone)}–${entry.ended_at ? timeAt(entry.ended_at, timeZone) : "…"}`;
}

/** Everything that shows hours. */
export const HOURS = ["/api/timer", "/api/time-entries", "/api/timesheets"] as const;
