import { expect, test } from "vitest";
import {
  addDays,
  dayAt,
  instantAt,
  periodOf,
  readDay,
  respan,
  spanAt,
  stepped,
  timeAt,
  weekOf,
} from "./zone";

const BERLIN = "Europe/Berlin";

test("an instant has another day and time in every zone", () => {
  expect(dayAt("2026-11-24T23:30:00Z", BERLIN)).toBe("2026-11-25");
  expect(timeAt("2026-11-24T23:30:00Z", BERLIN)).toBe("00:30");
  expect(dayAt("2026-11-24T23:30:00Z", "America/Chicago")).toBe("2026-11-24");
});

test.each([
  ["2026-11-25", "09:00", "2026-11-25T08:00:00Z"],
  ["2026-07-01", "09:00", "2026-07-01T07:00:00Z"],
  ["2026-03-29", "01:59", "2026-03-29T00:59:00Z"],
  ["2026-03-29", "03:00", "2026-03-29T01:00:00Z"],
  ["2026-10-25", "00:30", "2026-10-24T22:30:00Z"],
  ["2026-10-25", "12:00", "2026-10-25T11:00:00Z"],
])("%s %s in Berlin is %s", (day, time, instant) => {
  expect(instantAt(day, time, BERLIN)).toBe(instant);
  expect(timeAt(instant, BERLIN)).toBe(time);
});

test("an end that is not later than the start belongs to the next day", () => {
  expect(spanAt("2026-11-25", ["22:00", "01:00"], "UTC")).toEqual({
    started_at: "2026-11-25T22:00:00Z",
    ended_at: "2026-11-26T01:00:00Z",
  });
});

test("a time that reads as before keeps its seconds", () => {
  const stored = { started_at: "2026-11-25T08:00:27Z", ended_at: "2026-11-25T09:30:12Z" };

  expect(respan(stored, "2026-11-25", ["08:00", "09:45"], "UTC")).toEqual({
    started_at: "2026-11-25T08:00:27Z",
    ended_at: "2026-11-25T09:45:00Z",
  });
});

test("days count on across months and leap days", () => {
  expect(addDays("2028-02-28", 1)).toBe("2028-02-29");
  expect(addDays("2026-01-01", -1)).toBe("2025-12-31");
});

test("weeks begin where the organization says", () => {
  expect(weekOf("2026-11-25", "monday")).toBe("2026-11-23");
  expect(weekOf("2026-11-25", "sunday")).toBe("2026-11-22");
  expect(weekOf("2026-11-25", "saturday")).toBe("2026-11-21");
  expect(weekOf("2026-11-23", "monday")).toBe("2026-11-23");
});

test("a period has a first and a last day", () => {
  expect(periodOf("day", "2026-11-25", "monday")).toEqual({ from: "2026-11-25", to: "2026-11-25" });
  expect(periodOf("week", "2026-11-25", "monday")).toEqual({ from: "2026-11-23", to: "2026-11-29" });
  expect(periodOf("month", "2028-02-10", "monday")).toEqual({ from: "2028-02-01", to: "2028-02-29" });
});

test("periods are turned over one by one", () => {
  expect(stepped("day", "2026-12-31", 1)).toBe("2027-01-01");
  expect(stepped("week", "2026-11-25", -1)).toBe("2026-11-18");
  expect(stepped("month", "2026-01-31", 1)).toBe("2026-02-01");
  expect(stepped("month", "2026-01-31", -1)).toBe("2025-12-01");
});

test.each(["2026-13-45", "today", 7, undefined])("%s is no day of an address", (value) => {
  expect(readDay(value)).toBeUndefined();
});
