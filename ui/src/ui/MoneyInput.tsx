import { TextInput, type TextInputProps } from "@mantine/core";
import { useState } from "react";
import { parseDecimal, typedDecimal } from "./format";

type MoneyInputProps = Omit<TextInputProps, "value" | "onChange"> & {
  value: string;
  onChange: (value: string) => void;
  currency: string;
};

/** Takes amounts as people type them and hands on a plain decimal string; what is no number is handed on as typed. */
export function MoneyInput({ value, onChange, currency, ...rest }: MoneyInputProps) {
  const [typed, setTyped] = useState({ text: value ? typedDecimal(value) : "", value });
  const text = typed.value === value ? typed.text : typedDecimal(value);
  const take = (next: string) => {
    const plain = parseDecimal(next) ?? next;
    setTyped({ text: next, value: plain });
    onChange(plain);
  };
  return (
    <TextInput
      {...rest}
      value={text}
      onChange={(event) => take(event.currentTarget.value)}
      inputMode="decimal"
      autoComplete="off"
      rightSection={<span className="suffix">{currency}</span>}
      rightSectionWidth={52}
      rightSectionProps={{ style: { color: "var(--mantine-color-dimmed)", fontSize: 12 } }}
    />
  );
}
