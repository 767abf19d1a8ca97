import type { Person } from "~/ui/people";

type Part = { at: number; text: string; isName: boolean };

/** The text with `@12` as the name of member 12; unknown numbers stay as they are. */
export function spellOut(text: string, mentions: Person[]): Part[] {
  const parts: Part[] = [];
  let at = 0;
  for (const match of text.matchAll(/(?<![\w@])@([1-9][0-9]{0,8})\b/g)) {
    const person = mentions.find(({ number }) => number === Number(match[1]));
    if (!person) continue;
    if (match.index > at) parts.push({ at, text: text.slice(at, match.index), isName: false });
    parts.push({ at: match.index, text: `@${person.name}`, isName: true });
    at = match.index + match[0].length;
  }
  if (at < text.length) parts.push({ at, text: text.slice(at), isName: false });
  return parts;
}

/** What is being typed after the last `@` before the caret; null where nobody is being mentioned. */
export function wantedName(text: string, caret: number): string | null {
  return text.slice(0, caret).match(/(?<![\w@])@([^\s@][^@\n]{0,30}|)$/)?.[1] ?? null;
}

/** The text with the person in place of what was typed, and where the caret stands then. */
export function mention(text: string, caret: number, number: number): { text: string; caret: number } {
  const start = caret - (wantedName(text, caret) ?? "").length;
  const before = `${text.slice(0, start)}${number} `;
  return { text: before + text.slice(caret).replace(/^ /, ""), caret: before.length };
}
