import { expect, test } from "vitest";
import { clock, hours, parseDuration, parseEffort, parseSpan, parseTime, readLine } from "./duration";

test.each([
  ["1:30", 5400],
  ["01:30", 5400],
  [":45", 2700],
  ["1:30:05", 5405],
  ["1.5", 5400],
  ["1,5", 5400],
  [".25", 900],
  ["90m", 5400],
  ["90 min", 5400],
  ["1h30", 5400],
  ["1h 30m", 5400],
  ["1.5h", 5400],
  ["2h", 7200],
  ["8", 28800],
  ["0", 0],
  ["25:00", 90000],
])("%s are %i seconds", (text, seconds) => {
  expect(parseDuration(text)).toBe(seconds);
});

test.each(["", "h", "m", ".", "1:75", "-1", "1:2", "90", "25:01", "one", "1:30 design", "1.2.3"])(
  "%s is no duration of a day",
  (text) => {
    expect(parseDuration(text)).toBeNull();
  },
);

test("an odd part of an hour becomes whole seconds", () => {
  expect(parseDuration("0.3333")).toBe(1200);
});

test.each([
  [0, "0:00"],
  [12, "0:00:12"],
  [5400, "1:30"],
  [5429, "1:30"],
  [5430, "1:31"],
  [360_000, "100:00"],
])("%i seconds read %s", (seconds, text) => {
  expect(hours(seconds)).toBe(text);
});

test("a clock counts seconds and never backwards from nothing", () => {
  expect(clock(5405.9)).toBe("1:30:05");
  expect(clock(-3)).toBe("0:00:00");
});

test.each([
  ["1:30 design", 5400, "design"],
  ["90m  call with Acme", 5400, "call with Acme"],
  ["1h 30m design", 5400, "design"],
  ["1.5 design", 5400, "design"],
  ["2h", 7200, ""],
  ["design", null, "design"],
  ["3 chairs", null, "3 chairs"],
  ["0:00 design", null, "0:00 design"],
  ["", null, ""],
])("the line %s books %s for %s", (line, seconds, note) => {
  expect(readLine(line)).toEqual({ seconds, note });
});

test.each([
  ["9", "09:00"],
  ["9:05", "09:05"],
  ["905", "09:05"],
  ["17.30", "17:30"],
  ["24:00", null],
  ["9:60", null],
  ["", null],
])("%s is the time %s", (text, time) => {
  expect(parseTime(text)).toBe(time);
});

test("two times with a dash between them are a span", () => {
  expect(parseSpan("9-10:30")).toEqual(["09:00", "10:30"]);
  expect(parseSpan("09:00 – 17:15")).toEqual(["09:00", "17:15"]);
  expect(parseSpan("9")).toBeNull();
  expect(parseSpan("9-10-11")).toBeNull();
});

test("an effort may take longer than a day", () => {
  expect(parseEffort("120:00")).toBe(432_000);
  expect(parseEffort("1250")).toBe(4_500_000);
  expect(parseDuration("120:00")).toBeNull();
  expect(parseEffort("999999999h")).toBeNull();
});
