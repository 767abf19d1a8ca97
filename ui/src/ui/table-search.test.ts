import { expect, test } from "vitest";
import {
  changedSearch,
  countQuery,
  neighborsOf,
  nextSort,
  oneOf,
  pageQuery,
  readListSearch,
  rememberList,
} from "./table-search";

const SORTS = ["name", "sale_price"] as const;

test("a broken address falls back instead of failing", () => {
  const search = readListSearch(
    { q: { a: 1 }, sort: "-secret", page: "minus one", archived: "maybe" },
    SORTS,
    "name",
  );

  expect(search).toEqual({ q: "", sort: "name", page: 1, cursor: undefined, archived: false });
});

test("a good address is kept", () => {
  const search = readListSearch({ q: 4711, sort: "-sale_price", page: "3", archived: true }, SORTS, "name");

  expect(search).toEqual({ q: "4711", sort: "-sale_price", page: 3, cursor: undefined, archived: true });
});

test("the cursor leads on; without one the page number does, as far as the server counts", () => {
  const search = readListSearch({ page: 3 }, SORTS, "name");

  expect(pageQuery(search)).toEqual({ sort: "name", limit: 50, offset: 100 });
  expect(pageQuery({ ...search, cursor: "c" })).toEqual({ sort: "name", limit: 50, cursor: "c" });
  expect(pageQuery({ ...search, page: 1 }).offset).toBeUndefined();
  expect(pageQuery({ ...search, page: 999 }).offset).toBe(10_000);
});

test("the count does not depend on page and order", () => {
  const search = readListSearch({ q: "oak", page: 3, sort: "-name" }, SORTS, "name");

  expect(countQuery(search)).toEqual({ q: "oak", limit: 1, count: "true" });
});

test("sorting turns around at the second click", () => {
  expect(nextSort("name", "sale_price", true)).toBe("-sale_price");
  expect(nextSort("-sale_price", "sale_price", true)).toBe("sale_price");
  expect(nextSort("name", "name")).toBe("-name");
});

test("only known words pass", () => {
  expect(oneOf("goods", ["goods", "service"])).toBe("goods");
  expect(oneOf(["goods"], ["goods", "service"])).toBeUndefined();
});

test("records know their neighbors in the list last seen", () => {
  rememberList("products", ["a", "b", "c"]);

  expect(neighborsOf("products", "b")).toEqual({ previous: "a", next: "c" });
  expect(neighborsOf("products", "z")).toEqual({});
});

test("a filter starts the list anew, a panel over it does not", () => {
  const before = { page: 3, cursor: "c", kind: "goods", panel: undefined as string | undefined };

  expect(changedSearch(before, { kind: "service" })).toEqual({ page: 1, kind: "service" });
  expect(changedSearch(before, { panel: "new" })).toEqual({ ...before, panel: "new" });
});
