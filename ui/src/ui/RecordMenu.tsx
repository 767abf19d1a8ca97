import { ActionIcon, Menu } from "@mantine/core";
import { IconArchive, IconArchiveOff, IconDots, IconTrash } from "@tabler/icons-react";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Explained } from "./Explained";

type Kept = { id: string; name: string; version: number; archived_at?: string | null };
type RecordMenuProps<R extends Kept> = {
  record: R;
  /** Why one may not. */
  reason: string | undefined;
  change: (verb: "archive" | "restore", record: R) => void;
  remove: (record: R) => void;
  /** What only this room does. */
  more?: { label: string; icon: ReactNode; run: () => void }[];
};

/** What is done to a record now and then. */
export function RecordMenu<R extends Kept>({
  record,
  reason,
  change,
  remove,
  more = [],
}: RecordMenuProps<R>) {
  const { t } = useTranslation();
  const verb = record.archived_at ? "restore" : "archive";
  const Icon = record.archived_at ? IconArchiveOff : IconArchive;
  const button = (
    <ActionIcon variant="default" size={36} aria-label={t("common.more")}>
      <IconDots size={18} />
    </ActionIcon>
  );
  if (reason) return <Explained reason={reason}>{button}</Explained>;
  return (
    <Menu position="bottom-end" width={200}>
      <Menu.Target>{button}</Menu.Target>
      <Menu.Dropdown>
        <Menu.Item leftSection={<Icon size={16} />} onClick={() => change(verb, record)}>
          {t(`common.${verb}`)}
        </Menu.Item>
        {more.map(({ label, icon, run }) => (
          <Menu.Item key={label} leftSection={icon} onClick={run}>
            {label}
          </Menu.Item>
        ))}
        <Menu.Divider />
        <Menu.Item
          c="var(--mantine-color-error)"
          leftSection={<IconTrash size={16} />}
          onClick={() => remove(record)}
        >
          {t("common.deleteDots")}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
