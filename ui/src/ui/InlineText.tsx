import { UnstyledButton } from "@mantine/core";
import { type InputHTMLAttributes, useRef, useState } from "react";
import classes from "./InlineText.module.css";
import { sayProblem } from "./toast";

type InlineTextProps = {
  /** What is changed, and of which record. */
  label: string;
  value: string;
  shown: string;
  /** The value as people type it. */
  typed: string;
  /** What was typed as a value, and how it will look; null for what is none. */
  read: (text: string) => { value: string; shown: string } | null;
  /** Undefined for those who may not. */
  save: ((value: string) => Promise<unknown>) | undefined;
  /** True when the refusal is shown elsewhere. */
  onProblem?: (error: unknown, value: string) => boolean;
  inputMode?: InputHTMLAttributes<HTMLInputElement>["inputMode"];
};

/** A figure in a list that is changed where it stands: Enter keeps, Escape restores. */
export function InlineText(props: InlineTextProps) {
  const { label, value, shown, typed, read, save, onProblem, inputMode } = props;
  const [editing, setEditing] = useState(false);
  const [sent, setSent] = useState<{ shown: string; over: string } | null>(null);
  const button = useRef<HTMLButtonElement>(null);
  const pending = sent?.over === value ? sent.shown : null; // until the new value arrives
  if (!save) return shown;

  const leave = () => {
    setEditing(false);
    requestAnimationFrame(() => button.current?.focus());
  };
  const keep = async (text: string) => {
    leave();
    const next = text.trim() && text !== typed ? read(text) : null;
    if (!next || next.value === value) return;
    setSent({ shown: next.shown, over: value });
    try {
      await save(next.value);
    } catch (error) {
      setSent(null);
      if (!onProblem?.(error, next.value)) sayProblem(error);
    }
  };
  if (!editing)
    return (
      <UnstyledButton
        ref={button}
        className={classes.figure}
        aria-label={`${label}: ${pending ?? shown}`}
        aria-busy={pending !== null}
        onClick={() => setEditing(true)}
      >
        {pending ?? shown}
      </UnstyledButton>
    );
  return (
    <input
      ref={(element) => element?.select()}
      className={classes.input}
      aria-label={label}
      defaultValue={typed}
      inputMode={inputMode}
      autoComplete="off"
      onBlur={(event) => keep(event.currentTarget.value)}
      onKeyDown={(event) => {
        event.stopPropagation();
        if (event.key === "Enter") event.currentTarget.blur();
        if (event.key === "Escape") {
          event.currentTarget.value = "";
          leave();
        }
      }}
    />
  );
}
