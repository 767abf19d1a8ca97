import { expect, test } from "vitest";
import { commandFor, isSingleKey, register, strokeOf } from "./commands";

const key = (name: string, held: object = {}) => ({
  key: name,
  ctrlKey: false,
  metaKey: false,
  altKey: false,
  shiftKey: false,
  ...held,
});
const command = (id: string, keys: string) => ({
  id,
  keys,
  label: id,
  group: "app" as const,
  run: () => undefined,
});

test("strokes read the same on every keyboard", () => {
  expect(strokeOf(key("k", { metaKey: true }))).toBe("mod+k");
  expect(strokeOf(key("K", { ctrlKey: true }))).toBe("mod+k");
  expect(strokeOf(key("?", { shiftKey: true }))).toBe("?");
  expect(strokeOf(key("E", { shiftKey: true }))).toBe("shift+e");
  expect(strokeOf(key("Enter"))).toBe("Enter");
});

test("sequences come before single keys, later screens before earlier ones", () => {
  const forget = register([command("products", "g p"), command("print", "p"), command("new", "n")]);
  const leave = register([command("new here", "n")]);

  expect(commandFor("p", "g")?.id).toBe("products");
  expect(commandFor("p", null)?.id).toBe("print");
  expect(commandFor("n", null)?.id).toBe("new here");

  leave();
  expect(commandFor("n", null)?.id).toBe("new");
  forget();
  expect(commandFor("n", null)).toBeUndefined();
});

test("letters, signs and sequences can be switched off, strokes with Ctrl and named keys cannot", () => {
  for (const keys of ["n", "?", "g p", "shift+e", "[", "+"]) expect(isSingleKey(keys), keys).toBe(true);
  for (const keys of ["mod+k", "alt+n", "Enter", "Escape"]) expect(isSingleKey(keys), keys).toBe(false);
});
