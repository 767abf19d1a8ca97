import type { components } from "~/api/schema.gen";
import { i18next } from "~/i18n";
import { hours } from "~/ui/duration";
import { labelOf, type Room } from "~/ui/form";
import { date, moment } from "~/ui/format";
import { idOf } from "~/ui/table-search";

export type TrailRow = components["schemas"]["TrailRowOut"];

const ROOMS: Record<string, Room> = {
  customer: "customers",
  contact: "customers",
  address: "customers",
  product: "products",
  project: "projects",
  task: "tasks",
  time_entry: "timesheets",
  timesheet: "timesheets",
  stock_rule: "stock",
  stock_posting: "stock",
  stock_reservation: "stock",
  stock_count: "stock",
};

const say = (key: string, otherwise: string) =>
  i18next.t(`trail.${key}` as never, { defaultValue: otherwise } as never) as unknown as string;

const words = <T>(key: string) => i18next.t(`trail.${key}` as never, { returnObjects: true } as never) as T;

/** Kinds of records and actions that have words, by which one can ask. */
export const kinds = () => Object.keys(words<Record<string, string>>("kinds"));
export const actions = () =>
  Object.entries(words<Record<string, object>>("did")).flatMap(([room, verbs]) =>
    Object.keys(verbs).map((verb) => `${room}.${verb}`),
  );
export const kindName = (kind: string) => say(`kinds.${kind}`, kind);
export const predicateOf = (action: string) => say(`did.${action}`, action);

/** Why something was refused: its code as a sentence. */
export const refusalOf = (code: string) =>
  i18next.t(`problems.codes.${code}` as never, { defaultValue: code } as never) as unknown as string;

/** What differs from before; of what is new there is no before. */
export function changesOf({ target_kind, changes }: TrailRow) {
  const room = ROOMS[target_kind ?? ""];
  return Object.entries(changes)
    .filter(([, [before]]) => before !== null)
    .map(([name, [before, after]]) => ({
      name: nameOfField(room, name),
      before: readable(name, before),
      after: readable(name, after),
    }));
}

function nameOfField(room: Room | undefined, name: string) {
  const label = room && labelOf(room, name);
  if (label && label !== `${room}.fields.${name}`) return label;
  return name.charAt(0).toUpperCase() + name.slice(1).replaceAll("_", " ");
}

function readable(name: string, value: unknown): string {
  if (value === null || value === "") return "–";
  if (typeof value === "boolean") return i18next.t(value ? "common.yes" : "common.no");
  if (typeof value === "number" && name.endsWith("seconds")) return hours(value);
  if (Array.isArray(value)) return value.map((each) => readable(name, each)).join(", ") || "–";
  if (typeof value === "object") return JSON.stringify(value);
  const text = String(value);
  if (idOf(text)) return `${text.slice(0, 8)}…`;
  if (/^\d{4}-\d\d-\d\dT.*Z$/.test(text)) return moment(text);
  return /^\d{4}-\d\d-\d\d$/.test(text) ? date(text) : text;
}

/** Where the thing can be seen, unless it is gone. */
export function pathOf({ action, target_kind, target_id, target_name }: TrailRow): string | null {
  if (!target_kind || !target_id || action.endsWith(".deleted")) return null;
  const page = PAGES[target_kind];
  return page ? page(target_id, target_name ?? "") : null;
}

const PAGES: Record<string, (id: string, name: string) => string> = {
  customer: (id) => `/customers/${id}`,
  product: (id) => `/products/${id}`,
  project: (id) => `/projects/${id}`,
  task: (id) => `/projects/tasks?which=all&task=${id}`,
  member: (_, name) => `/admin/members?q=${encodeURIComponent(name)}`,
  user: (_, name) => `/admin/members?q=${encodeURIComponent(name)}`,
  stock_closing: () => "/admin/closing",
  time_closing: () => "/admin/closing",
  outbox_row: () => "/admin/outbox",
  import: (id) => `/admin/import?id=${id}`,
};
