import type { Problem } from "~/api/problem";
import { i18next } from "~/i18n";

/** The sentence of a code in the present language; the server's own words where we have none. */
function translated(key: string, otherwise: string, values: object = {}): string {
  return i18next.t(key as never, { defaultValue: otherwise, ...values } as never) as unknown as string;
}

export function sentenceOf(problem: Problem): string {
  const fallback = problem.message || i18next.t("problems.codes.unexpected");
  const seconds = problem.retryAfter;
  if (problem.code === "too_many_attempts" && seconds) return i18next.t("problems.wait", { count: seconds });
  return translated(`problems.codes.${problem.code}`, fallback);
}

export function fieldSentence(code: string, detail: string, values: object = {}): string {
  return translated(`problems.fields.${code}`, translated(`problems.codes.${code}`, detail), values);
}
