import type { components } from "~/api/schema.gen";

export type Rule = { id: "length" | "uppercase" | "digit" | "personal"; met: boolean };
export type Strength = "weak" | "fair" | "good" | "strong";
type PasswordRule = components["schemas"]["PasswordRule"];

const SHORTEST_WORD = 4;
const FEW_CHARACTERS = 5;

/** Words of a name or an address that a password must not contain. */
const wordsOf = (personal: readonly string[]) =>
  personal
    .flatMap((text) => text.toLowerCase().split(/[^\p{L}\p{N}]+/u))
    .filter((word) => word.length >= SHORTEST_WORD);

/** What the password still lacks. From a certain length on, length is enough. */
export function rulesFor(password: string, rule: PasswordRule, personal: readonly string[] = []): Rule[] {
  const length = [...password].length;
  const rules: Rule[] = [{ id: "length", met: length >= rule.min_length }];
  const isLong = length >= rule.composition_waived_from;
  if (rule.composition) {
    rules.push({ id: "uppercase", met: isLong || /\p{Lu}/u.test(password) });
    rules.push({ id: "digit", met: isLong || /\p{Nd}/u.test(password) });
  }
  const typed = password.toLowerCase();
  if (wordsOf(personal).some((word) => typed.includes(word))) rules.push({ id: "personal", met: false });
  return rules;
}

/** How far the password is from being guessed; what breaks a rule or repeats itself is weak. */
export function strengthOf(password: string, rule: PasswordRule, personal: readonly string[] = []): Strength {
  const length = [...password].length;
  const isVaried = new Set(password).size >= FEW_CHARACTERS;
  if (!isVaried || rulesFor(password, rule, personal).some(({ met }) => !met)) return "weak";
  if (length >= rule.composition_waived_from) return "strong";
  return length >= rule.min_length + 4 ? "good" : "fair";
}
