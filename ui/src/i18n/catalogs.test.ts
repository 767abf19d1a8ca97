import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { constraints, problemCodes } from "~/api/constraints.gen";
import de from "./de";
import en from "./en";
import { preferredLanguage } from "./index";

const SOURCES = join(import.meta.dirname, "..");

/** Keys without their plural endings, which languages do not share. */
function keysOf(catalog: object, prefix = ""): string[] {
  return Object.entries(catalog).flatMap(([key, value]) =>
    typeof value === "string"
      ? [`${prefix}${key}`.replace(/_(one|other)$/, "")]
      : keysOf(value, `${prefix}${key}.`),
  );
}

const at = (catalog: object, key: string) =>
  key
    .split(".")
    .reduce<unknown>((node, part) => (node as Record<string, unknown> | undefined)?.[part], catalog);

test("both languages say the same things", () => {
  expect([...new Set(keysOf(de))].sort()).toEqual([...new Set(keysOf(en))].sort());
});

test("both languages fill in the same values", () => {
  const values = (text: unknown) => [...new Set(String(text).match(/{{\w+}}/g))].sort();
  for (const key of keysOf(en)) expect(values(at(de, key)), key).toEqual(values(at(en, key)));
});

test.each(problemCodes)("the code %s has a sentence in each language", (code) => {
  expect(en.problems.codes).toHaveProperty(code);
  expect(de.problems.codes).toHaveProperty(code);
});

test("every field of a form has a name", () => {
  const forms = { products: ["ProductIn"], customers: ["CustomerIn", "ContactIn", "AddressIn"] } as const;
  for (const [room, models] of Object.entries(forms))
    for (const model of models)
      for (const field of Object.keys(constraints[model as keyof typeof constraints]))
        expect(en[room as keyof typeof forms].fields, `${model}.${field}`).toHaveProperty(field);
});

test("every key written in the sources exists", () => {
  const files = readdirSync(SOURCES, { recursive: true, encoding: "utf8" });
  const code = files.filter((name) => /\.tsx?$/.test(name) && !name.endsWith(".test.ts"));
  const used = code.flatMap((name) => {
    const text = readFileSync(join(SOURCES, name), "utf8");
    return [...text.matchAll(/\bt\(\s*"([\w.]+)"/g)].map((match) => match[1] ?? "");
  });
  const known = new Set(keysOf(en));

  expect(used.length).toBeGreaterThan(100);
  expect(used.filter((key) => !known.has(key))).toEqual([]);
});

test("the chosen language wins, then the browser's first that we speak, then English", () => {
  expect(preferredLanguage("de", ["en-US"])).toBe("de");
  expect(preferredLanguage(null, ["fr", "de-AT", "en"])).toBe("de");
  expect(preferredLanguage("xx", ["fr"])).toBe("en");
});
