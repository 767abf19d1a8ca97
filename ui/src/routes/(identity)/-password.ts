import type { components } from "~/api/schema.gen";

export type Rule = { id: "length" | "uppercase" | "digit"; met: boolean };
type PasswordRule = components["schemas"]["PasswordRule"];

/** What the password still lacks. From a certain length on, length is enough. */
export function rulesFor(password: string, rule: PasswordRule): Rule[] {
  const length = [...password].length;
  const rules: Rule[] = [{ id: "length", met: length >= rule.min_length }];
  if (!rule.composition) return rules;
  const isLong = length >= rule.composition_waived_from;
  rules.push({ id: "uppercase", met: isLong || /\p{Lu}/u.test(password) });
  rules.push({ id: "digit", met: isLong || /\p{Nd}/u.test(password) });
  return rules;
}
