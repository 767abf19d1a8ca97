// @vitest-environment happy-dom
import { expect, test } from "vitest";
import { safeNext } from "./me";

test.each(["/acme/products?q=oak", "/"])("%s is a path of our own", (path) => {
  expect(safeNext(path)).toBe(path);
});

test.each([
  "https://evil.example",
  "//evil.example",
  "/\\evil.example",
  "javascript:alert(1)",
  "",
  7,
  undefined,
])("%s leads to the start instead", (path) => {
  expect(safeNext(path)).toBe("/");
});
