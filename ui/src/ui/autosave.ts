import { useBlocker } from "@tanstack/react-router";
import { type KeyboardEvent, useRef, useState } from "react";
import { problemOf } from "~/api/problem";
import { askToLeave, labelOf, type Room } from "./form";
import { fieldSentence } from "./problems";

type Fields = Record<string, string>;
type Options<V extends Fields> = {
  room: Room;
  /** The fields as the server has them. */
  saved: V;
  save: (changes: Partial<V>) => Promise<unknown>;
  needed?: (keyof V & string)[];
  /** Answers refusals that belong to no field. */
  onProblem: (error: unknown) => void;
};
type Change = { currentTarget: { value: string } };

/** Fields that save themselves once one leaves them: Ctrl+Enter saves at once, Escape restores. */
export function useAutosave<V extends Fields>({ room, saved, save, needed = [], onProblem }: Options<V>) {
  const [drafts, setDrafts] = useState<Partial<V>>({});
  const [errors, setErrors] = useState<Partial<Record<keyof V, string>>>({});
  const latest = useRef(drafts);
  latest.current = drafts;
  const write = (next: Partial<V>) => {
    latest.current = next;
    setDrafts(next);
  };
  const forget = (sent: Partial<V>) => {
    const rest = Object.entries(latest.current).filter(([name, value]) => sent[name as keyof V] !== value);
    write(Object.fromEntries(rest) as Partial<V>);
  };

  /** Whether nothing is left unsaved. */
  async function keep(typed: Partial<V>): Promise<boolean> {
    const changed = Object.entries(typed).filter(([name, value]) => value !== saved[name]);
    const empty = changed.filter(([name, value]) => needed.includes(name) && !value?.trim());
    setErrors(
      Object.fromEntries(empty.map(([name]) => [name, fieldSentence("missing", "")])) as typeof errors,
    );
    if (empty.length) return false;
    try {
      if (changed.length) await save(Object.fromEntries(changed) as Partial<V>);
    } catch (error) {
      const { fields } = problemOf(error);
      const known = fields.filter(({ path }) => path in saved);
      if (known.length === 0) onProblem(error);
      setErrors(
        Object.fromEntries(
          known.map(({ path, code, detail }) => [path, fieldSentence(code, detail)]),
        ) as typeof errors,
      );
      return false;
    }
    forget(typed);
    return true;
  }
  const flush = () => keep(latest.current);
  const isDirty = () => Object.entries(latest.current).some(([name, value]) => value !== saved[name]);
  useBlocker({
    shouldBlockFn: async () => isDirty() && !(await flush()) && !(await askToLeave()),
    enableBeforeUnload: isDirty,
  });

  const onKeyDown = (name: keyof V) => (event: KeyboardEvent<HTMLElement>) => {
    if (event.nativeEvent.isComposing) return;
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) event.currentTarget.blur();
    if (event.key !== "Escape" || latest.current[name] === undefined) return;
    event.preventDefault();
    forget({ [name]: latest.current[name] } as Partial<V>);
    setErrors({});
  };
  const basics = <K extends keyof V & string>(name: K) => ({
    name,
    label: labelOf(room, name),
    value: (drafts[name] ?? saved[name]) as string,
    error: errors[name],
  });
  return {
    flush,
    /** For text: saved when one leaves it. */
    field: <K extends keyof V & string>(name: K) => ({
      ...basics(name),
      onChange: ({ currentTarget }: Change) =>
        write({ ...latest.current, [name]: currentTarget.value } as Partial<V>),
      onBlur: () => void flush(),
      onKeyDown: onKeyDown(name),
      // Escape gives the text back first, and only then closes the drawer
      "data-mantine-stop-propagation": drafts[name] !== undefined || undefined,
    }),
    /** For choices: saved when they are made. */
    choice: <K extends keyof V & string>(name: K) => ({
      ...basics(name),
      onChange: (value: string | null) => void keep({ ...latest.current, [name]: value ?? "" } as Partial<V>),
    }),
  };
}
