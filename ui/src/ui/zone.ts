const DAY_MS = 86_400_000;

/** What clocks on the wall show in a zone: "2026-11-25 09:05:00". */
function wall(instant: number, timeZone: string): string {
  return new Intl.DateTimeFormat("sv-SE", { timeZone, dateStyle: "short", timeStyle: "medium" }).format(
    instant,
  );
}

const offset = (instant: number, timeZone: string) => {
  const whole = Math.floor(instant / 1000) * 1000;
  return Date.parse(`${wall(whole, timeZone).replace(" ", "T")}Z`) - whole;
};

/** The local day of an instant, as `YYYY-MM-DD`. */
export const dayAt = (instant: string | number, timeZone: string) =>
  wall(new Date(instant).getTime(), timeZone).slice(0, 10);

/** The local time of an instant, as `HH:MM`. */
export const timeAt = (instant: string | number, timeZone: string) =>
  wall(new Date(instant).getTime(), timeZone).slice(11, 16);

/** The instant at which clocks in the zone show this day and time. */
export function instantAt(day: string, time: string, timeZone: string): string {
  const local = Date.parse(`${day}T${time.length === 5 ? `${time}:00` : time}Z`);
  const near = local - offset(local, timeZone);
  return new Date(local - offset(near, timeZone)).toISOString().replace(".000Z", "Z");
}

export const addDays = (day: string, days: number) =>
  new Date(Date.parse(day) + days * DAY_MS).toISOString().slice(0, 10);

/** From a day and two times to two instants; an end that is not later belongs to the next day. */
export function spanAt(day: string, [from, to]: [string, string], timeZone: string) {
  const started_at = instantAt(day, from, timeZone);
  return { started_at, ended_at: instantAt(to > from ? day : addDays(day, 1), to, timeZone) };
}

type Stored = { started_at?: string | null; ended_at?: string | null };

/** The same, but a time that reads as before is the stored one with its seconds: entries may touch within a minute. */
export function respan(stored: Stored, day: string, times: [string, string], timeZone: string) {
  const made = spanAt(day, times, timeZone);
  const keep = (before: string | null | undefined, now: string) =>
    before && Math.floor(Date.parse(before) / 60_000) === Math.floor(Date.parse(now) / 60_000) ? before : now;
  return {
    started_at: keep(stored.started_at, made.started_at),
    ended_at: keep(stored.ended_at, made.ended_at),
  };
}

const isDay = (value: unknown): value is string =>
  typeof value === "string" && /^\d{4}-\d\d-\d\d$/.test(value) && !Number.isNaN(Date.parse(value));

/** A day of the address; anything else is none. */
export const readDay = (value: unknown) => (isDay(value) ? value : undefined);

const FIRST: Record<string, number> = { sunday: 0, monday: 1, saturday: 6 };

/** The first day of the week in which the day lies. */
export function weekOf(day: string, start: string): string {
  return addDays(day, -((new Date(Date.parse(day)).getUTCDay() - (FIRST[start] ?? 1) + 7) % 7));
}

export const SPANS = ["day", "week", "month"] as const;
export type Span = (typeof SPANS)[number];

/** First and last day of the period around a day. */
export function periodOf(span: Span, day: string, start: string): { from: string; to: string } {
  if (span === "day") return { from: day, to: day };
  if (span === "week") {
    const from = weekOf(day, start);
    return { from, to: addDays(from, 6) };
  }
  const from = `${day.slice(0, 8)}01`;
  return { from, to: addDays(firstOfNext(from, 1), -1) };
}

function firstOfNext(first: string, by: number): string {
  const date = new Date(Date.parse(first));
  date.setUTCMonth(date.getUTCMonth() + by);
  return date.toISOString().slice(0, 10);
}

/** A day of the period before or after. */
export function stepped(span: Span, day: string, by: 1 | -1): string {
  if (span === "month") return firstOfNext(`${day.slice(0, 8)}01`, by);
  return addDays(day, span === "week" ? 7 * by : by);
}
