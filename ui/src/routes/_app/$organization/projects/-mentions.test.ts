import { expect, test } from "vitest";
import { mention, spellOut, wantedName } from "./-mentions";

const ada = { id: "a", number: 1, name: "Ada Lovelace" };
const carl = { id: "c", number: 12, name: "Carl" };

test("numbers become names, and what mentions nobody stays", () => {
  const parts = spellOut("@12 and @1, not a@1 or @7", [ada, carl]);

  expect(parts.map(({ text }) => text).join("")).toBe("@Carl and @Ada Lovelace, not a@1 or @7");
  expect(parts.filter(({ isName }) => isName).map(({ text }) => text)).toEqual(["@Carl", "@Ada Lovelace"]);
});

test.each([
  ["Hi @", ""],
  ["Hi @ca", "ca"],
  ["@Ada Lo", "Ada Lo"],
  ["me@ca", null],
  ["no one", null],
])("after %s one wants %s", (text, wanted) => {
  expect(wantedName(text, text.length)).toBe(wanted);
});

test("a chosen person replaces what was typed, in the middle of a text as well", () => {
  expect(mention("Hi @ca, look", 6, 12)).toEqual({ text: "Hi @12 , look", caret: 7 });
  expect(mention("Hi @", 4, 12)).toEqual({ text: "Hi @12 ", caret: 7 });
});
