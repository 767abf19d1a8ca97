import { Menu } from "@mantine/core";
import { Filter, FilterTarget } from "./Filter";

type FilterMenuProps<T extends string> = {
  label: string;
  value: T | undefined;
  options: { value: T; label: string }[];
  onChange: (value: T | undefined) => void;
};

/** A filter by one of a few words. */
export function FilterMenu<T extends string>({ label, value, options, onChange }: FilterMenuProps<T>) {
  const chosen = options.find((option) => option.value === value);
  return (
    <Filter label={label} isChosen={chosen !== undefined} clear={() => onChange(undefined)}>
      <Menu position="bottom-start" width={190}>
        <Menu.Target>
          <FilterTarget label={label} chosen={chosen?.label} />
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.RadioGroup value={value ?? null} onChange={(next) => onChange(next as T)}>
            {options.map((option) => (
              <Menu.RadioItem key={option.value} value={option.value} closeMenuOnClick>
                {option.label}
              </Menu.RadioItem>
            ))}
          </Menu.RadioGroup>
        </Menu.Dropdown>
      </Menu>
    </Filter>
  );
}
