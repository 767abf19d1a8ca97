/** Addresses of mail in whatever was pasted: lines, commas, `Ada Lovelace <ada@example.com>`; each once. */
export function addressesOf(text: string): string[] {
  const words = text.replace(/[^\s,;<>]+\s+(?=[^<>,;\n]*<)|[<>]/g, " ").split(/[\s,;]+/);
  const seen = new Map(words.filter(Boolean).map((word) => [word.toLowerCase(), word]));
  return [...seen.values()];
}
