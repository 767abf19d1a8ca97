import { ActionIcon, Menu } from "@mantine/core";
import { IconColumns3 } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";

type Choice = { id: string; label: string; optional?: boolean };

function read(key: string): Record<string, boolean> {
  try {
    return JSON.parse(localStorage.getItem(key) ?? "{}");
  } catch {
    return {};
  }
}

/** Which columns are hidden, remembered on this device for this table. */
export function useHiddenColumns(table: string, columns: Choice[]) {
  const key = `columns:${table}`;
  const [chosen, setChosen] = useState(() => read(key));
  const isShown = ({ id, optional }: Choice) => chosen[id] ?? !optional;
  const hidden = new Set(columns.filter((column) => !isShown(column)).map(({ id }) => id));
  const toggle = (id: string) => {
    const next = { ...chosen, [id]: hidden.has(id) };
    localStorage.setItem(key, JSON.stringify(next));
    setChosen(next);
  };
  return [hidden, toggle] as const;
}

type ColumnMenuProps = { columns: Choice[]; hidden: ReadonlySet<string>; toggle: (id: string) => void };

/** The first column names the row and always stays. */
export function ColumnMenu({ columns, hidden, toggle }: ColumnMenuProps) {
  const { t } = useTranslation();
  return (
    <Menu closeOnItemClick={false} position="bottom-end" width={190}>
      <Menu.Target>
        <ActionIcon size={30} aria-label={t("common.columns")} title={t("common.columns")}>
          <IconColumns3 size={17} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        {columns.slice(1).map(({ id, label }) => (
          <Menu.CheckboxItem key={id} checked={!hidden.has(id)} onChange={() => toggle(id)}>
            {label}
          </Menu.CheckboxItem>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
