import { parseDecimal, typedDecimal } from "./format";
import { InlineText } from "./InlineText";

type InlineDecimalProps = {
  /** What is changed, and of which record. */
  label: string;
  value: string;
  shown: string;
  suffix: string;
  /** Undefined for those who may not. */
  save: ((value: string) => Promise<unknown>) | undefined;
};

/** A price or quantity in a list that is changed where it stands. */
export function InlineDecimal({ suffix, ...rest }: InlineDecimalProps) {
  const read = (text: string) => {
    const value = parseDecimal(text);
    return value ? { value, shown: `${text} ${suffix}` } : null;
  };
  return (
    <InlineText
      {...rest}
      typed={rest.value ? typedDecimal(rest.value) : ""}
      read={read}
      inputMode="decimal"
    />
  );
}
