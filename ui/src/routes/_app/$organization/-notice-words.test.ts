import { expect, test } from "vitest";
import { type Notice, pathOfNotice } from "./-notice-words";

const notice = (over: Partial<Notice>) =>
  ({ subject_kind: null, subject_id: null, values: {}, ...over }) as Notice;
const week = { starts_on: "2026-11-16", member: { id: "m1", number: 1, name: "Ada" } };

test.each([
  [
    "a week to approve",
    { code: "week_submitted", subject_kind: "timesheet", values: week },
    "/timesheets/week?week=2026-11-16&member=m1",
  ],
  [
    "one's own week",
    { code: "week_rejected", subject_kind: "timesheet", values: week },
    "/timesheets/week?week=2026-11-16",
  ],
  [
    "a task",
    { code: "mention", subject_kind: "task", subject_id: "t1" },
    "/projects/tasks?which=all&task=t1",
  ],
  ["several tasks", { code: "tasks_assigned" }, "/projects/tasks?assignee=me"],
  ["a product", { code: "stock_low", subject_kind: "product", subject_id: "p1" }, "/products/p1?tab=stock"],
  [
    "a reservation",
    {
      code: "reservation_cut",
      subject_kind: "stock_reservation",
      subject_id: "r1",
      values: { product_id: "p1" },
    },
    "/products/p1?tab=stock",
  ],
  [
    "a proof of stock",
    { code: "stock_proof_failed", subject_kind: "stock_proof", subject_id: "s1" },
    "/stock",
  ],
  ["something of tomorrow", { code: "moon_full" }, null],
])("a notice about %s leads there", (_what, over, path) => {
  expect(pathOfNotice(notice(over as Partial<Notice>))).toBe(path);
});
