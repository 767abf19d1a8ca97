import { beforeAll, expect, test } from "vitest";
import { i18next } from "~/i18n";
import en from "~/i18n/en";
import { bodyOf, changesOf, wrongFields } from "./form";

beforeAll(() => i18next.init({ lng: "en", resources: { en: { translation: en } } }));

test("what the model needs must be there", () => {
  expect(Object.keys(wrongFields("ProductIn", { name: "  ", sku: "" }))).toEqual(["name"]);
  expect(wrongFields("ProductIn", { name: "Desk", sku: "" })).toEqual({});
  expect(Object.keys(wrongFields("LoginIn", { identifier: "", password: "x" }, ["identifier"]))).toEqual([
    "identifier",
  ]);
});

test("numbers stay within the model's limits", () => {
  expect(wrongFields("CustomerIn", { name: "A", payment_days: "14" })).toEqual({});
  for (const days of ["366", "-1", "1.5", "", "soon"])
    expect(wrongFields("CustomerIn", { name: "A", payment_days: days })).toHaveProperty("payment_days");
});

test("blank means none, and only what differs is sent", () => {
  expect(bodyOf({ name: "Desk", sku: "" })).toEqual({ name: "Desk", sku: null });
  expect(changesOf({ name: "Desk", sku: "", tax: true }, { name: "Desk", sku: "A", tax: true })).toEqual({
    sku: null,
  });
});
