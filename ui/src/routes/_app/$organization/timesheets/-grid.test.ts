import { expect, test } from "vitest";
import {
  copiesOf,
  type GridRow,
  gapsOf,
  gridOf,
  keyOfCell,
  keyOfRow,
  nameOfRow,
  placeAfter,
  type RowAbout,
  sumsByDay,
  type Week,
} from "./-grid";

const DAYS = ["23", "24", "25", "26", "27", "28", "29"].map((day) => `2026-11-${day}`);
const about = (id: string, activity: string | null = null): RowAbout => ({
  project: { id, number: 1, code: id, name: `${id} project` },
  task: null,
  activity,
});

type Locked = Week["rows"][number]["cells"][number]["locked"];
const rowOf = (row: RowAbout, seconds: number[], locks: Locked[] = []) =>
  ({
    ...row,
    seconds: 0,
    cells: DAYS.map((day, index) => ({
      day,
      seconds: seconds[index] ?? 0,
      amount_seconds: 0,
      entry_ids: [],
      is_running: false,
      needs_review: false,
      locked: locks[index] ?? null,
    })),
  }) as Week["rows"][number];

const weekOf = (rows: Week["rows"], locked: Week["days"][number]["locked"] = null) =>
  ({
    today: "2026-11-25",
    rows,
    days: DAYS.map((day, index) => ({ day, locked, missing_seconds: index === 1 ? 3600 : 0 })),
  }) as unknown as Week;

const locksOf = (rows: GridRow[]) => rows[0]?.cells.map(({ lock }) => lock);

test("rows and days are summed, with what was just typed", () => {
  const week = weekOf([rowOf(about("A"), [3600, 1800]), rowOf(about("B"), [600])]);

  const rows = gridOf(week, [], { [keyOfCell(keyOfRow(about("B")), "2026-11-24")]: 7200 }, true);

  expect(rows.map(({ seconds }) => seconds)).toEqual([5400, 7800]);
  expect(sumsByDay(rows)).toEqual([4200, 9000, 0, 0, 0, 0, 0]);
});

test("an empty week has no sums", () => {
  expect(sumsByDay(gridOf(weekOf([]), [], {}, true))).toEqual([]);
});

test("an added row stays until the server knows it, and never twice", () => {
  const before = gridOf(weekOf([rowOf(about("A"), [])]), [about("B", "Calls")], {}, true);
  const after = gridOf(weekOf([rowOf(about("B", "Calls"), [60])]), [about("B", "Calls")], {}, true);

  expect(before.map(nameOfRow)).toEqual(["A project", "B project · Calls"]);
  expect(after.map(nameOfRow)).toEqual(["B project · Calls"]);
});

test("days to come take nothing, and a cell says why it is locked", () => {
  const week = weekOf([rowOf(about("A"), [0, 60], [null, "clock_entries", "timer_running"])]);

  expect(locksOf(gridOf(week, [], {}, true))).toEqual([
    null,
    "clock_entries",
    "timer_running",
    "future",
    "future",
    "future",
    "future",
  ]);
});

test("a locked week and the week of a colleague are locked altogether", () => {
  const rows = [rowOf(about("A"), [60])];

  expect(new Set(locksOf(gridOf(weekOf(rows, "week_approved"), [], {}, true)))).toEqual(
    new Set(["week_approved"]),
  );
  expect(new Set(locksOf(gridOf(weekOf(rows), [], {}, false)))).toEqual(new Set(["colleague"]));
});

test.each([
  ["ArrowDown", false, 0, 1],
  ["ArrowDown", false, 2, null],
  ["ArrowUp", false, 2, 1],
  ["ArrowUp", false, 0, null],
  ["Enter", false, 1, 2],
  ["Enter", true, 1, 0],
  ["Tab", false, 1, null],
])("%s (back: %s) in row %i leads to %s", (key, isBack, row, next) => {
  expect(placeAfter(key, isBack, { row, rows: 3 })).toBe(next);
});

test("only free cells of open days take the hours of last week", () => {
  const before = weekOf([rowOf(about("A"), [3600, 3600, 3600, 3600]), rowOf(about("B"), [60])]);
  const now = gridOf(
    weekOf([rowOf(about("A"), [1800], [null, null, "timer_running"])]),
    [about("B")],
    {},
    true,
  );

  const copies = copiesOf(before, now);

  expect(copies.map(({ row, day, seconds }) => [row.project.id, day, seconds])).toEqual([
    ["A", "2026-11-24", 3600],
    ["B", "2026-11-23", 60],
  ]);
});

test("gaps are the days that lack hours", () => {
  expect(gapsOf(weekOf([])).map(({ day }) => day)).toEqual(["2026-11-24"]);
});
