import { Kbd, Loader, Text } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { createSpotlight, Spotlight } from "@mantine/spotlight";
import { IconSearch } from "@tabler/icons-react";
import { type ReactNode, useState } from "react";
import { useTranslation } from "react-i18next";
import { type CommandGroup, useRegisteredCommands } from "./commands";
import { Keys } from "./Keys";
import classes from "./Palette.module.css";

const [store, palette] = createSpotlight();
export const openPalette = palette.open;

export type Found = {
  id: string;
  label: string;
  note?: string;
  kind: string;
  icon: ReactNode;
  run: () => void;
};
type PaletteProps = {
  /** Records whose name or number fits; a hook, so that it may ask the server. */
  useRecords: (text: string) => { found: Found[]; searching: boolean };
};

const GROUPS: CommandGroup[] = ["create", "record", "list", "go", "app"];

const fits = (text: string, label: string) =>
  text
    .toLowerCase()
    .split(/\s+/)
    .every((word) => label.toLowerCase().includes(word));

/** Ctrl/⌘ K: every command that works here and every record, by name. */
export function Palette({ useRecords }: PaletteProps) {
  const { t } = useTranslation();
  const [text, setText] = useState("");
  const [wanted] = useDebouncedValue(text.trim(), 150);
  const { found, searching } = useRecords(wanted);
  const commands = useRegisteredCommands().filter(({ hidden, label }) => !hidden && fits(text.trim(), label));
  const records = text.trim() ? found : [];
  return (
    <Spotlight.Root
      store={store}
      query={text}
      onQueryChange={setText}
      shortcut={null}
      scrollable
      maxHeight={420}
      radius="lg"
      aria-label={t("shell.palette.title")}
      classNames={{ search: classes.search, action: classes.action }}
    >
      <Spotlight.Search
        placeholder={t("shell.palette.placeholder")}
        aria-label={t("shell.palette.placeholder")}
        leftSection={searching ? <Loader size={16} /> : <IconSearch size={18} aria-hidden />}
      />
      <Spotlight.ActionsList>
        {records.length > 0 && (
          <Spotlight.ActionsGroup label={t("shell.palette.records")}>
            {records.map(({ id, label, note, kind, icon, run }) => (
              <Spotlight.Action key={id} onClick={run}>
                <span className={classes.icon}>{icon}</span>
                <span className={classes.label}>{label}</span>
                <span className={classes.note}>{note ?? kind}</span>
              </Spotlight.Action>
            ))}
          </Spotlight.ActionsGroup>
        )}
        {GROUPS.map((group) => {
          const inGroup = commands.filter((command) => command.group === group);
          if (!inGroup.length) return null;
          return (
            <Spotlight.ActionsGroup key={group} label={t(`shell.groups.${group}`)}>
              {inGroup.map(({ id, label, keys, run }) => (
                <Spotlight.Action key={id} onClick={run}>
                  <span className={classes.label}>{label}</span>
                  {keys && <Keys keys={keys} />}
                </Spotlight.Action>
              ))}
            </Spotlight.ActionsGroup>
          );
        })}
        {!records.length && !commands.length && !searching && (
          <Spotlight.Empty>
            <Text size="sm" c="dimmed">
              {t("shell.palette.empty")}
            </Text>
          </Spotlight.Empty>
        )}
      </Spotlight.ActionsList>
      <Spotlight.Footer className={classes.footer}>
        <Kbd size="xs">↑↓</Kbd> {t("shell.palette.move")} <Kbd size="xs">↵</Kbd> {t("shell.palette.choose")}
      </Spotlight.Footer>
    </Spotlight.Root>
  );
}
