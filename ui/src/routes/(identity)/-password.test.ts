import { expect, test } from "vitest";
import { rulesFor } from "./-password";

const rule = { min_length: 8, max_length: 256, composition: true, composition_waived_from: 15 };
const unmet = (password: string, other = rule) =>
  rulesFor(password, other)
    .filter(({ met }) => !met)
    .map(({ id }) => id);

test("a short password needs length, an uppercase letter and a digit", () => {
  expect(unmet("")).toEqual(["length", "uppercase", "digit"]);
  expect(unmet("tülle123")).toEqual(["uppercase"]);
  expect(unmet("Übung123")).toEqual([]);
});

test("a long one needs nothing else", () => {
  expect(unmet("correct horse battery")).toEqual([]);
});

test("without the composition rule only the length counts", () => {
  expect(unmet("abcdefgh", { ...rule, composition: false })).toEqual([]);
});
