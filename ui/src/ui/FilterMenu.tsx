import { Button, CloseButton, Group, Menu } from "@mantine/core";
import { IconPlus } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import classes from "./FilterMenu.module.css";

type FilterMenuProps<T extends string> = {
  label: string;
  value: T | undefined;
  options: { value: T; label: string }[];
  onChange: (value: T | undefined) => void;
};

/** One filter of a list: dashed while open to all, solid with its value and a way to clear it. */
export function FilterMenu<T extends string>({ label, value, options, onChange }: FilterMenuProps<T>) {
  const { t } = useTranslation();
  const chosen = options.find((option) => option.value === value);
  return (
    <Group gap={0} wrap="nowrap" className={classes.filter} data-chosen={chosen ? true : undefined}>
      <Menu position="bottom-start" width={190}>
        <Menu.Target>
          <Button
            variant="transparent"
            className={classes.target}
            leftSection={chosen ? undefined : <IconPlus size={14} />}
          >
            {chosen ? (
              <>
                {label}: <b>{chosen.label}</b>
              </>
            ) : (
              label
            )}
          </Button>
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
      {chosen && (
        <CloseButton
          size={24}
          iconSize={14}
          aria-label={t("common.clearFilter", { name: label })}
          onClick={() => onChange(undefined)}
        />
      )}
    </Group>
  );
}
