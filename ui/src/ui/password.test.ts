import { expect, test } from "vitest";
import { rulesFor, strengthOf } from "./password";

const rule = {
  min_length: 8,
  max_length: 256,
  composition: true,
  composition_waived_from: 15,
  told_by_the_server: ["too_common", "contains_personal"],
};
const unmet = (password: string, other = rule, personal: string[] = []) =>
  rulesFor(password, other, personal)
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

test("what names its owner is pointed out", () => {
  expect(unmet("Lovelace1815", rule, ["Ada Lovelace", "ada@example.com"])).toEqual(["personal"]);
  expect(unmet("Analytical1", rule, ["Ada Lovelace"])).toEqual([]);
});

test.each([
  ["Abc1", "weak"],
  ["aaaaaaaaaaaaaaaa", "weak"],
  ["Tuesday7", "fair"],
  ["Tuesday7rain", "good"],
  ["correct horse battery", "strong"],
])("%s is %s", (password, strength) => {
  expect(strengthOf(password, rule)).toBe(strength);
});

test("a password with one's own name stays weak however long it is", () => {
  expect(strengthOf("lovelace lovelace 42", rule, ["Ada Lovelace"])).toBe("weak");
});
