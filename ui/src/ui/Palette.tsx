import { Loader, Modal, ScrollArea, Text, TextInput } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { IconSearch } from "@tabler/icons-react";
import { type KeyboardEvent, type ReactNode, useEffect, useId, useState } from "react";
import { useTranslation } from "react-i18next";
import { type CommandGroup, useRegisteredCommands } from "./commands";
import { Keys } from "./Keys";
import classes from "./Palette.module.css";

export type Found = { id: string; label: string; note: string; icon: ReactNode; run: () => void };
type Choice = { id: string; label: string; run: () => void; icon?: ReactNode; end?: ReactNode };
type Group = { id: string; label: string; choices: Choice[] };

type PaletteProps = {
  opened: boolean;
  onClose: () => void;
  /** Records whose name or number fits; a hook, so that it may ask the server. */
  useRecords: (text: string) => { found: Found[]; searching: boolean };
};

/** Ctrl/⌘ K: every command that works here and every record, by name. */
export function Palette({ opened, onClose, useRecords }: PaletteProps) {
  const { t } = useTranslation();
  return (
    <Modal.Root
      opened={opened}
      onClose={onClose}
      size={600}
      yOffset="12vh"
      centered={false}
      padding={0}
      classNames={{ content: "raised" }}
    >
      <Modal.Overlay backgroundOpacity={0.32} />
      <Modal.Content aria-label={t("shell.palette.title")} radius="lg">
        <Search onClose={onClose} useRecords={useRecords} />
      </Modal.Content>
    </Modal.Root>
  );
}

/** The focus trap waits a moment; whoever types at once would lose the first letters. */
const focusAtOnce = (input: HTMLInputElement | null) => input?.focus();

const ORDER: CommandGroup[] = ["create", "record", "list", "go", "app"];

const fits = (text: string, label: string) =>
  text
    .toLowerCase()
    .split(/\s+/)
    .every((word) => label.toLowerCase().includes(word));

function useGroups(text: string, found: Found[]): Group[] {
  const { t } = useTranslation();
  const commands = useRegisteredCommands().filter(({ hidden, label }) => !hidden && fits(text, label));
  const records = found.map(({ note, ...record }) => ({ ...record, end: <span>{note}</span> }));
  const groups = ORDER.map((group) => ({
    id: group as string,
    label: t(`shell.groups.${group}`),
    choices: commands
      .filter((command) => command.group === group)
      .map(({ id, label, keys, run }): Choice => ({ id, label, run, end: keys && <Keys keys={keys} /> })),
  }));
  groups.unshift({ id: "records", label: t("shell.palette.records"), choices: text ? records : [] });
  return groups.filter(({ choices }) => choices.length > 0);
}

function Search({ onClose, useRecords }: Omit<PaletteProps, "opened">) {
  const { t } = useTranslation();
  const listId = useId();
  const [text, setText] = useState("");
  const [wanted] = useDebouncedValue(text.trim(), 150);
  const { found, searching } = useRecords(wanted);
  const groups = useGroups(text.trim(), found);
  const choices = groups.flatMap((group) => group.choices);
  const [at, setAt] = useState(0);
  const selected = choices[Math.min(at, choices.length - 1)];
  const optionId = (id: string) => `${listId}-${id}`;

  useEffect(() => {
    if (selected) document.getElementById(`${listId}-${selected.id}`)?.scrollIntoView({ block: "nearest" });
  }, [listId, selected]);

  const choose = (choice?: Choice) => {
    if (!choice) return;
    onClose();
    choice.run();
  };
  const steps: Record<string, number> = { ArrowDown: 1, ArrowUp: -1 };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.nativeEvent.isComposing) return;
    if (event.key === "Enter") choose(selected);
    else if (event.key in steps) setAt((at + (steps[event.key] ?? 0) + choices.length) % choices.length);
    else return;
    event.preventDefault();
  };

  return (
    <>
      <TextInput
        ref={focusAtOnce}
        role="combobox"
        aria-expanded
        aria-controls={listId}
        aria-activedescendant={selected && optionId(selected.id)}
        aria-label={t("shell.palette.placeholder")}
        placeholder={t("shell.palette.placeholder")}
        value={text}
        onChange={(event) => {
          setText(event.currentTarget.value);
          setAt(0);
        }}
        onKeyDown={onKeyDown}
        classNames={{ input: classes.search }}
        leftSection={searching ? <Loader size={16} /> : <IconSearch size={18} aria-hidden />}
        leftSectionWidth={48}
      />
      <ScrollArea.Autosize mah="50vh" className={classes.list}>
        <div role="listbox" id={listId} aria-label={t("shell.palette.title")}>
          {groups.map((group) => (
            <section key={group.id} role="group" aria-label={group.label}>
              <div className={classes.group} aria-hidden>
                {group.label}
              </div>
              {group.choices.map((choice) => (
                <OptionRow
                  key={choice.id}
                  id={optionId(choice.id)}
                  choice={choice}
                  isSelected={choice === selected}
                  point={() => setAt(choices.indexOf(choice))}
                  choose={() => choose(choice)}
                />
              ))}
            </section>
          ))}
        </div>
        {choices.length === 0 && !searching && (
          <Text size="sm" c="dimmed" ta="center" p="lg" role="status">
            {t("shell.palette.empty")}
          </Text>
        )}
      </ScrollArea.Autosize>
    </>
  );
}

type OptionRowProps = {
  id: string;
  choice: Choice;
  isSelected: boolean;
  point: () => void;
  choose: () => void;
};

/** Keys stay in the field above, as in every combobox; the pointer selects and chooses here. */
function OptionRow({ id, choice, isSelected, point, choose }: OptionRowProps) {
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the combobox has the focus and handles the keys
    <div
      id={id}
      role="option"
      aria-selected={isSelected}
      tabIndex={-1}
      className={classes.option}
      onMouseMove={isSelected ? undefined : point}
      onClick={choose}
    >
      {choice.icon && <span className={classes.icon}>{choice.icon}</span>}
      <span className={classes.label}>{choice.label}</span>
      <span className={classes.end}>{choice.end}</span>
    </div>
  );
}
