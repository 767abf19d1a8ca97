import type { components } from "~/api/schema.gen";
import { type About, subjectOf } from "~/ui/time/entries";

export type Week = components["schemas"]["WeekOut"];
type ServerRow = Week["rows"][number];
type Cell = ServerRow["cells"][number];
export type RowAbout = About & { activity: string | null };
export type Lock = NonNullable<Cell["locked"]> | "future" | "colleague";
/** What a cell shows: its seconds, whether one may type, and if not, why. */
export type GridCell = { day: string; seconds: number; lock: Lock | null; needsReview: boolean };
export type GridRow = RowAbout & { key: string; cells: GridCell[]; seconds: number };
/** What was typed and is not in the server's grid yet, by row and day. */
export type Typed = Record<string, number>;

export const keyOfRow = ({ project, task, activity }: RowAbout) =>
  [project.id, task?.id ?? "", activity ?? ""].join("/");
export const keyOfCell = (row: string, day: string) => `${row}@${day}`;
export const nameOfRow = (row: RowAbout) => [subjectOf(row), row.activity].filter(Boolean).join(" · ");

/** Why no cell of a day takes anything, whatever lies in it. */
function lockOfDay(week: Week, day: Week["days"][number], isMine: boolean): Lock | null {
  if (!isMine) return "colleague";
  if (day.locked) return day.locked;
  return day.day > week.today ? "future" : null;
}

const blankCells = (week: Week): Cell[] =>
  week.days.map(({ day }) => ({
    day,
    seconds: 0,
    amount_seconds: 0,
    entry_ids: [],
    is_running: false,
    needs_review: false,
    locked: null,
  }));

/** The server's rows and those one has just added, with what was typed laid over; every sum follows. */
export function gridOf(week: Week, added: RowAbout[], typed: Typed, isMine: boolean): GridRow[] {
  const known = new Set(week.rows.map(keyOfRow));
  const fresh = added.filter((row) => !known.has(keyOfRow(row)));
  const rows = [...week.rows, ...fresh.map((row) => ({ ...row, cells: blankCells(week) }))];
  return rows.map((row) => {
    const key = keyOfRow(row);
    const cells = row.cells.map((cell, index): GridCell => {
      const day = week.days[index];
      const lock = (day && lockOfDay(week, day, isMine)) ?? cell.locked;
      const seconds = typed[keyOfCell(key, cell.day)] ?? cell.seconds;
      return { day: cell.day, seconds, lock, needsReview: cell.needs_review };
    });
    const { project, task, activity } = row;
    return { key, project, task, activity, cells, seconds: sumOf(cells) };
  });
}

export const sumOf = (cells: { seconds: number }[]) => cells.reduce((sum, { seconds }) => sum + seconds, 0);

/** The sum of each day over all rows. */
export const sumsByDay = (rows: GridRow[]): number[] =>
  (rows[0]?.cells ?? []).map((_, column) => sumOf(rows.flatMap(({ cells }) => cells[column] ?? [])));

/** The place a key leads to from a cell, within the grid; null where the key means something else there. */
export function placeAfter(key: string, isBack: boolean, at: { row: number; rows: number }): number | null {
  const step = key === "ArrowUp" || (key === "Enter" && isBack) ? -1 : 1;
  if (!["ArrowUp", "ArrowDown", "Enter"].includes(key)) return null;
  const next = at.row + step;
  return next >= 0 && next < at.rows ? next : null;
}

/** Hours of the week before that fit into this one: free cells, on days that have come and are open. */
export function copiesOf(before: Week, rows: GridRow[]): { row: RowAbout; day: string; seconds: number }[] {
  const there = new Map(rows.map((row) => [row.key, row]));
  return before.rows.flatMap((row) =>
    row.cells.flatMap(({ seconds }, column) => {
      const cell = there.get(keyOfRow(row))?.cells[column];
      const isFree = cell && cell.lock === null && cell.seconds === 0;
      return seconds > 0 && isFree ? [{ row, day: cell.day, seconds }] : [];
    }),
  );
}

/** Days up to today that lack hours. */
export const gapsOf = (week: Week) => week.days.filter(({ missing_seconds }) => missing_seconds > 0);
