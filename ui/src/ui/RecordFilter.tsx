import { Popover } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { Filter, FilterTarget } from "./Filter";
import { type Found, SearchSelect } from "./SearchSelect";

type RecordFilterProps = {
  label: string;
  value: string | undefined;
  /** The name of what is chosen; hooks, so that they may ask the server. */
  useName: (id: string | undefined) => string | undefined;
  useFound: (q: string | undefined) => Found[];
  onChange: (value: string | undefined) => void;
};

/** A filter by one of many records, found while one types. */
export function RecordFilter({ label, value, useName, useFound, onChange }: RecordFilterProps) {
  const [opened, { close, toggle }] = useDisclosure(false);
  const name = useName(value);
  const choose = (next: string) => {
    close();
    onChange(next || undefined);
  };
  return (
    <Filter label={label} isChosen={value !== undefined} clear={() => onChange(undefined)}>
      <Popover opened={opened} onDismiss={close} position="bottom-start" width={280} trapFocus returnFocus>
        <Popover.Target>
          <FilterTarget label={label} chosen={value && (name ?? "…")} onClick={toggle} />
        </Popover.Target>
        <Popover.Dropdown p="xs">
          <SearchSelect
            useFound={useFound}
            aria-label={label}
            placeholder={label}
            data-autofocus
            onChange={(next) => choose(next ?? "")}
            comboboxProps={{ withinPortal: false }}
          />
        </Popover.Dropdown>
      </Popover>
    </Filter>
  );
}
