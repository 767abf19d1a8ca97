/** The longest day there is has 25 hours; the server takes no more for a single figure. */
const LONGEST = 90_000;

const CLOCK = /^(\d{0,6}):([0-5]\d)(?::([0-5]\d))?$/;
const HOURS = /^(\d{0,6}(?:[.,]\d+)?)\s*h(?:\s*(\d{1,2})\s*(?:m|min)?)?$/i;
const MINUTES = /^(\d{1,8})\s*(?:m|min)$/i;
const PLAIN = /^(?=.*\d)\d{0,6}(?:[.,]\d+)?$/;

const decimal = (text: string | undefined) => Number((text || "0").replace(",", "."));

function measure(text: string): number | null {
  const clock = CLOCK.exec(text);
  if (clock) return Number(clock[1]) * 3600 + Number(clock[2]) * 60 + Number(clock[3] ?? 0);
  const hours = HOURS.exec(text);
  if (hours && /\d/.test(text)) return decimal(hours[1]) * 3600 + Number(hours[2] ?? 0) * 60;
  const minutes = MINUTES.exec(text);
  if (minutes) return Number(minutes[1]) * 60;
  return PLAIN.test(text) ? decimal(text) * 3600 : null;
}

/** "1:30", "1.5", "1,5", "90m", "1h30" and "2" (hours) in whole seconds; null for what is no duration. */
export function parseDuration(text: string, most = LONGEST): number | null {
  const seconds = measure(text.trim());
  if (seconds === null || !Number.isFinite(seconds) || seconds > most) return null;
  return Math.round(seconds);
}

/** The same for what takes longer than a day: estimates and budgets, as far as the server counts. */
export const parseEffort = (text: string) => parseDuration(text, 1e9);

const two = (value: number) => String(value).padStart(2, "0");

/** "1:30:05", as a running clock shows it. */
export function clock(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  return `${Math.floor(whole / 3600)}:${two(Math.floor(whole / 60) % 60)}:${two(whole % 60)}`;
}

/** "1:30", to the nearest minute; what is shorter than one shows its seconds, so that nothing looks like nothing. */
export function hours(seconds: number): string {
  if (seconds > 0 && seconds < 60) return clock(seconds);
  const minutes = Math.round(seconds / 60);
  return `${Math.floor(minutes / 60)}:${two(minutes % 60)}`;
}

/** A typed line: a leading duration is an amount, all the rest says what was done. A number alone is no duration. */
export function readLine(line: string): { seconds: number | null; note: string } {
  const words = line.trim().split(/\s+/).filter(Boolean);
  for (const length of [2, 1]) {
    const head = words.slice(0, length).join(" ");
    const seconds = /^\d+$/.test(head) ? null : parseDuration(head);
    if (seconds && words.length >= length) return { seconds, note: words.slice(length).join(" ") };
  }
  return { seconds: null, note: words.join(" ") };
}

const TIME = /^(\d{1,2})(?:[:.h]?([0-5]\d))?$/;

/** "9", "9:00", "900" and "9.00" as "09:00". */
export function parseTime(text: string): string | null {
  const [, hour, minute] = TIME.exec(text.trim()) ?? [];
  return hour && Number(hour) < 24 ? `${two(Number(hour))}:${minute ?? "00"}` : null;
}

/** "9-10:30" as its two times. */
export function parseSpan(text: string): [string, string] | null {
  const [from, to, more] = text.split(/\s*(?:-|–|—|\bto\b|\bbis\b)\s*/);
  const times = [parseTime(from ?? ""), parseTime(to ?? "")];
  return times[0] && times[1] && more === undefined ? [times[0], times[1]] : null;
}
