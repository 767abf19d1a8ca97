import { expect, test } from "vitest";
import { addressesOf } from "./-addresses";

test.each([
  ["", []],
  ["ada@example.com", ["ada@example.com"]],
  [
    "ada@example.com, grace@example.com;\n mary@example.com",
    ["ada@example.com", "grace@example.com", "mary@example.com"],
  ],
  [
    "Ada Lovelace <ada@example.com>, Grace Hopper <grace@example.com>",
    ["ada@example.com", "grace@example.com"],
  ],
  ["<ada@example.com>\nADA@example.com", ["ADA@example.com"]],
  ["not-an-address", ["not-an-address"]],
])("%j", (text, addresses) => {
  expect(addressesOf(text)).toEqual(addresses);
});
