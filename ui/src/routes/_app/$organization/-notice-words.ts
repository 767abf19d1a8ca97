import type { components } from "~/api/schema.gen";
import { i18next } from "~/i18n";
import { day, quantity } from "~/ui/format";

export type Notice = components["schemas"]["NoticeOut"];
type Named = { id?: string; number?: number; name?: string };
type Values = Partial<{
  by: Named;
  member: Named;
  starts_on: string;
  reason: string | null;
  task: { key: string; title: string };
  count: number;
  product: Named;
  product_id: string;
  available: string;
  minimum: string;
  unit: string;
  places: number;
  taken: string;
  left: string;
}>;

const KNOWN = [
  ...["week_submitted", "week_approved", "week_rejected", "week_reopened"],
  ...["task_assigned", "tasks_assigned", "task_comment", "mention"],
  ...["stock_low", "stock_proof_failed", "reservation_cut"],
];

/** The notice as a sentence in the present language; a code of tomorrow is at least named. */
export function sentenceOfNotice({ code, values }: Notice): string {
  const given = values as Values;
  const isForOther = code === "week_submitted" && given.by?.number !== given.member?.number;
  const key = KNOWN.includes(code) ? `${code}${isForOther ? "_for" : ""}` : "other";
  const words = {
    code,
    by: given.by?.name,
    member: given.member?.name,
    week: given.starts_on && day(given.starts_on, "UTC"),
    reason: given.reason,
    task: given.task && `${given.task.key} ${given.task.title}`,
    count: given.count ?? given.places,
    product: given.product?.name,
    available: given.available && quantity(given.available),
    minimum: given.minimum && quantity(given.minimum),
    unit: given.unit,
    taken: given.taken && quantity(given.taken),
    left: given.left && quantity(given.left),
  };
  return i18next.t(`notices.codes.${key}` as never, words as never) as unknown as string;
}

/** Where in the organization the thing is that the notice is about. */
export function pathOfNotice({ code, subject_kind, subject_id, values }: Notice): string | null {
  const { starts_on, member, product_id } = values as Values;
  const whose = code === "week_submitted" ? `&member=${member?.id}` : "";
  if (subject_kind === "timesheet") return `/timesheets/week?week=${starts_on}${whose}`;
  if (subject_kind === "product") return `/products/${subject_id}?tab=stock`;
  if (subject_kind === "task") return `/projects/tasks?which=all&task=${subject_id}`;
  if (product_id) return `/products/${product_id}?tab=stock`;
  if (subject_kind === "stock_proof") return "/stock";
  return code === "tasks_assigned" ? "/projects/tasks?assignee=me" : null;
}
