import { UnstyledButton } from "@mantine/core";
import { useRef, useState } from "react";
import { parseDecimal, typedDecimal } from "./format";
import classes from "./InlineDecimal.module.css";
import { sayProblem } from "./toast";

type InlineDecimalProps = {
  /** What is changed, and of which record. */
  label: string;
  value: string;
  shown: string;
  suffix: string;
  /** Undefined for those who may not. */
  save: ((value: string) => Promise<unknown>) | undefined;
};

/** A figure in a list that is changed where it stands: Enter keeps, Escape restores. */
export function InlineDecimal({ label, value, shown, suffix, save }: InlineDecimalProps) {
  const [editing, setEditing] = useState(false);
  const [sent, setSent] = useState<{ shown: string; over: string } | null>(null);
  const button = useRef<HTMLButtonElement>(null);
  const pending = sent?.over === value ? sent.shown : null; // until the new value arrives
  if (!save) return shown;

  const leave = () => {
    setEditing(false);
    requestAnimationFrame(() => button.current?.focus());
  };
  const keep = async (typed: string) => {
    const next = parseDecimal(typed);
    leave();
    if (!next || next === value) return;
    setSent({ shown: `${typed} ${suffix}`, over: value });
    try {
      await save(next);
    } catch (error) {
      setSent(null);
      sayProblem(error);
    }
  };
  if (!editing)
    return (
      <UnstyledButton
        ref={button}
        className={classes.figure}
        aria-label={`${label}: ${shown}`}
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
      defaultValue={value ? typedDecimal(value) : ""}
      inputMode="decimal"
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
