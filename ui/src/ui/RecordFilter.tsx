import { Button, CloseButton, Group, Popover } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconPlus } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import classes from "./FilterMenu.module.css";
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
  const { t } = useTranslation();
  const [opened, { close, toggle }] = useDisclosure(false);
  const name = useName(value);
  const choose = (next: string) => {
    close();
    onChange(next || undefined);
  };
  return (
    <Group gap={0} wrap="nowrap" className={classes.filter} data-chosen={value ? true : undefined}>
      <Popover opened={opened} onDismiss={close} position="bottom-start" width={280} trapFocus returnFocus>
        <Popover.Target>
          <Button
            variant="transparent"
            className={classes.target}
            leftSection={value ? undefined : <IconPlus size={14} />}
            onClick={toggle}
          >
            {label}
            {value && (
              <>
                : <b>{name ?? "…"}</b>
              </>
            )}
          </Button>
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
      {value && (
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
