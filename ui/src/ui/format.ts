import { language } from "~/i18n";

type Amount = { amount: string; currency: string };

/** Region of the user's own browser locale, if it speaks the chosen language: `en-GB` keeps its dates. */
export function locale(): string {
  return navigator.languages.find((tag) => tag.startsWith(language())) ?? language();
}

/** Exact: decimal strings go to Intl as they are. Prices keep up to four decimals. */
export function money({ amount, currency }: Amount): string {
  const format = new Intl.NumberFormat(locale(), { style: "currency", currency, maximumFractionDigits: 4 });
  return format.format(amount as Intl.StringNumericLiteral);
}

/** A quantity with its unit: "1,250.5 kg". Exact, as decimal strings go to Intl. */
export function quantity(value: string, unit?: string): string {
  const format = new Intl.NumberFormat(locale(), { maximumFractionDigits: 4 });
  const shown = format.format(value as Intl.StringNumericLiteral);
  return unit ? `${shown}\u00a0${unit}` : shown;
}

/** A change of a quantity, with its sign. */
export function signed(value: string): string {
  const format = new Intl.NumberFormat(locale(), { maximumFractionDigits: 4, signDisplay: "exceptZero" });
  return format.format(value as Intl.StringNumericLiteral);
}

export function count(value: number): string {
  return new Intl.NumberFormat(locale()).format(value);
}

export function day(instant: string, timeZone?: string): string {
  return new Intl.DateTimeFormat(locale(), { dateStyle: "medium", timeZone }).format(new Date(instant));
}

export function moment(instant: string, timeZone?: string): string {
  const format = { dateStyle: "long", timeStyle: "short", timeZone } as const;
  return new Intl.DateTimeFormat(locale(), format).format(new Date(instant));
}

const STEPS: [Intl.RelativeTimeFormatUnit, number][] = [
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
];

/** "3 minutes ago" up to a week, then the day. */
export function relative(instant: string, now = Date.now(), timeZone?: string): string {
  const seconds = (Date.parse(instant) - now) / 1000;
  if (Math.abs(seconds) > 7 * 86_400) return day(instant, timeZone);
  const format = new Intl.RelativeTimeFormat(locale(), { numeric: "auto" });
  const step = STEPS.find(([, size]) => Math.abs(seconds) >= size);
  return step ? format.format(Math.round(seconds / step[1]), step[0]) : format.format(0, "second");
}

function separators(): { decimal: string; group: string } {
  const parts = new Intl.NumberFormat(locale()).formatToParts(12345.6);
  const find = (type: string, otherwise: string) =>
    parts.find((part) => part.type === type)?.value ?? otherwise;
  return { decimal: find("decimal", "."), group: find("group", ",") };
}

/**
 * What people type as a number ("1.234,5", "1,234.5", "12,50") as a plain decimal string, or null if it is none.
 * A single separator is the decimal one, unless it groups in this language and exactly three digits follow.
 */
export function parseDecimal(text: string): string | null {
  const compact = text.replace(/[\s'’]/g, "");
  if (!/^-?[\d.,]*\d[\d.,]*$/.test(compact)) return null;
  const marks = compact.match(/[.,]/g) ?? [];
  const last = marks.at(-1);
  const isGroup = last === separators().group && /[.,]\d{3}$/.test(compact) && !/^-?0[.,]/.test(compact);
  const isDecimal = marks.length > 0 && (new Set(marks).size > 1 || (marks.length === 1 && !isGroup));
  const at = isDecimal && last ? compact.lastIndexOf(last) : compact.length;
  const whole = compact
    .slice(0, at)
    .replace(/[.,]/g, "")
    .replace(/^(-?)0+(?=\d)/, "$1");
  const fraction = compact.slice(at + 1).replace(/[.,]/g, "");
  return `${whole === "" || whole === "-" ? `${whole}0` : whole}${fraction ? `.${fraction}` : ""}`;
}

/** A decimal string as people type it: the language's decimal mark, no groups, no needless zeros beyond two decimals. */
export function typedDecimal(value: string): string {
  const [whole = "0", fraction = ""] = value.split(".");
  const short = fraction.replace(/0+$/, "");
  const decimals = short ? short.padEnd(2, "0") : "";
  return decimals ? `${whole}${separators().decimal}${decimals}` : whole;
}

export function initials(name: string): string {
  const words = name
    .trim()
    .split(/[\s@._-]+/)
    .filter(Boolean);
  return words
    .slice(0, 2)
    .map((word) => word[0]?.toUpperCase())
    .join("");
}

const nameOf = (type: Intl.DisplayNamesType, code: string) =>
  new Intl.DisplayNames(locale(), { type, fallback: "code" }).of(code) ?? code;

export const countryName = (code: string) => nameOf("region", code);
export const currencyName = (code: string) => nameOf("currency", code);
export const languageName = (tag: string) => nameOf("language", tag);

/** Today where the organization is: "Friday, November 20". */
export function longDay(timeZone: string, now = new Date()): string {
  const format = { weekday: "long", day: "numeric", month: "long", timeZone } as const;
  return new Intl.DateTimeFormat(locale(), format).format(now);
}

const asDay = (format: Intl.DateTimeFormatOptions) =>
  new Intl.DateTimeFormat(locale(), { ...format, timeZone: "UTC" });

/** A day as it stands in a calendar: "Wednesday, November 25". */
export const longDate = (date: string) =>
  asDay({ weekday: "long", day: "numeric", month: "long" }).format(Date.parse(date));

/** "Monday" for 0. */
export const weekdayName = (index: number) => asDay({ weekday: "long" }).format(Date.UTC(2024, 0, 1 + index));

/** "Wed 25", over a column. */
export const shortDate = (date: string) =>
  `${asDay({ weekday: "short" }).format(Date.parse(date))} ${Number(date.slice(8))}`;

/** "Nov 23 – 29, 2026" */
export const dayRange = (from: string, to: string) =>
  asDay({ day: "numeric", month: "short", year: "numeric" }).formatRange(Date.parse(from), Date.parse(to));

/** "November 2026" */
export const month = (date: string) => asDay({ month: "long", year: "numeric" }).format(Date.parse(date));

/** "Nov 25": this year goes without saying. */
export function date(day: string, now = new Date()): string {
  const year = Number(day.slice(0, 4)) === now.getFullYear() ? undefined : "numeric";
  return asDay({ day: "numeric", month: "short", year }).format(Date.parse(day));
}
