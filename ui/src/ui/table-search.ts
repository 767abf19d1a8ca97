export const PAGE_SIZE = 50;
/** The server counts offsets up to here; further on only cursors lead. */
const FURTHEST_OFFSET = 10_000;

export type ListSearch<S extends string = string> = {
  q: string;
  sort: S | `-${S}`;
  page: number;
  /** Where this page begins, as the page before said; a page number alone is enough for the first 200 pages. */
  cursor?: string;
  archived: boolean;
};

const text = (value: unknown, most: number) =>
  typeof value === "string" || typeof value === "number" ? String(value).slice(0, most) : "";

/** One of the known words, else undefined: a broken address falls back instead of failing. */
export function oneOf<T extends string>(value: unknown, known: readonly T[]): T | undefined {
  return known.find((word) => word === value);
}

export function readListSearch<S extends string>(
  raw: Record<string, unknown>,
  sorts: readonly S[],
  otherwise: S | `-${S}`,
): ListSearch<S> {
  const sort = text(raw.sort, 40);
  const page = Math.trunc(Number(raw.page));
  return {
    q: text(raw.q, 200),
    sort: sorts.includes(sort.replace(/^-/, "") as S) ? (sort as S | `-${S}`) : otherwise,
    page: page >= 1 && page < 1e9 ? page : 1,
    cursor: text(raw.cursor, 500) || undefined,
    archived: raw.archived === true || raw.archived === "true",
  };
}

/** The same list as the API wants it. */
export function pageQuery<S extends string>({ q, sort, page, cursor, archived }: ListSearch<S>) {
  const offset = Math.min((page - 1) * PAGE_SIZE, FURTHEST_OFFSET);
  const start = cursor ? { cursor } : { offset: offset || undefined };
  return { q: q || undefined, sort, archived: archived || undefined, limit: PAGE_SIZE, ...start };
}

/** How many rows there are does not depend on page and order, so it is asked apart and kept longer. */
export function countQuery({ q, archived }: Pick<ListSearch, "q" | "archived">) {
  return { q: q || undefined, archived: archived || undefined, limit: 1, count: "true" as const };
}

/** Ascending, descending, ascending: numbers and dates start with the most. */
export function nextSort<S extends string>(present: string, key: S, startsDescending = false): S | `-${S}` {
  if (present === key) return `-${key}`;
  if (present === `-${key}`) return key;
  return startsDescending ? `-${key}` : key;
}

const lists = new Map<string, readonly string[]>();

/** The order of the list last seen, so that `[` and `]` go through it record by record. */
export function rememberList(name: string, ids: readonly string[]) {
  lists.set(name, ids);
}

export function neighborsOf(name: string, id: string): { previous?: string; next?: string } {
  const ids = lists.get(name) ?? [];
  const at = ids.indexOf(id);
  return at < 0 ? {} : { previous: ids[at - 1], next: ids[at + 1] };
}

const KEEPS_PLACE = ["page", "panel", "task"];

/** Whatever narrows or orders a list starts it anew; paging, panels and drawers do not. */
export function changedSearch<S extends object>(before: S, changes: Partial<S>): S {
  const start = KEEPS_PLACE.some((name) => name in changes) ? {} : { page: 1, cursor: undefined };
  return { ...before, ...start, ...changes };
}

/** The id of a record, else undefined: the server refuses anything else. */
export function idOf(value: unknown): string | undefined {
  return typeof value === "string" && /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(value)
    ? value
    : undefined;
}
