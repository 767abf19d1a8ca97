import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { i18next } from "~/i18n";
import { initials, money, parseDecimal, relative, typedDecimal } from "./format";

function speak(language: string, browser = language) {
  i18next.language = language;
  vi.stubGlobal("navigator", { languages: [browser] });
}

beforeEach(() => speak("en", "en-US"));
afterEach(() => vi.unstubAllGlobals());

test("money is exact and speaks the language", () => {
  expect(money({ amount: "123456789012345678.91", currency: "EUR" })).toBe("€123,456,789,012,345,678.91");
  expect(money({ amount: "0.0125", currency: "EUR" })).toBe("€0.0125");
  speak("de", "de-DE");
  expect(money({ amount: "1234.5", currency: "EUR" })).toBe("1.234,50\u00a0€");
});

test.each([
  ["12", "12"],
  ["12.50", "12.50"],
  ["1,234.5", "1234.5"],
  ["1.234,5", "1234.5"],
  ["12,50", "12.50"],
  ["1,234", "1234"],
  ["0,125", "0.125"],
  ["1'234.50", "1234.50"],
  ["1 234 567", "1234567"],
  ["007", "7"],
  [".5", "0.5"],
  ["-3.10", "-3.10"],
])("in English, %s is %s", (typed, decimal) => {
  expect(parseDecimal(typed)).toBe(decimal);
});

test.each([
  ["1.234", "1234"],
  ["1.234,50", "1234.50"],
  ["12,5", "12.5"],
  ["12.5", "12.5"],
])("in German, %s is %s", (typed, decimal) => {
  speak("de", "de-DE");
  expect(parseDecimal(typed)).toBe(decimal);
});

test.each(["", "abc", "1e5", "12 EUR", "--1", "."])("%s is no number", (typed) => {
  expect(parseDecimal(typed)).toBeNull();
});

test("decimals come back as people type them", () => {
  expect(typedDecimal("12.5000")).toBe("12.50");
  expect(typedDecimal("12.0000")).toBe("12");
  expect(typedDecimal("0.0125")).toBe("0.0125");
  speak("de", "de-DE");
  expect(typedDecimal("1234.5")).toBe("1234,50");
});

test("what was typed and shown again means the same", () => {
  speak("de", "de-DE");
  for (const decimal of ["1234.5", "0.125", "12345", "1.234"]) {
    expect(Number(parseDecimal(typedDecimal(decimal)))).toBe(Number(decimal));
  }
});

test("moments are told from now, old ones by their day", () => {
  const now = Date.parse("2026-05-10T12:00:00Z");
  expect(relative("2026-05-10T11:57:00Z", now)).toBe("3 minutes ago");
  expect(relative("2026-05-10T11:59:50Z", now)).toBe("now");
  expect(relative("2026-05-09T11:00:00Z", now)).toBe("yesterday");
  expect(relative("2026-03-01T11:00:00Z", now, "UTC")).toBe("Mar 1, 2026");
});

test("initials of people and addresses", () => {
  expect(initials("Ada Lovelace")).toBe("AL");
  expect(initials("ada@example.org")).toBe("AE");
});
