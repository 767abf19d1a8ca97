import { Button, Combobox, Group, Textarea, useCombobox } from "@mantine/core";
import { type KeyboardEvent, useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { optionsOf, usePeople } from "~/ui/people";
import classes from "~/ui/task.module.css";
import { mention, wantedName } from "./-mentions";

type CommentBoxProps = {
  label: string;
  submitLabel: string;
  initial?: string;
  /** Whether it was taken. */
  send: (text: string) => Promise<boolean>;
  cancel?: () => void;
};

/** A text; `@` offers the people who work here. */
export function CommentBox({ label, submitLabel, initial = "", send, cancel }: CommentBoxProps) {
  const { t } = useTranslation();
  const [text, setText] = useState(initial);
  const [caret, setCaret] = useState(0);
  const [isSending, setIsSending] = useState(false);
  const input = useRef<HTMLTextAreaElement>(null);
  const combobox = useCombobox({ onDropdownClose: () => combobox.resetSelectedOption() });
  const people = usePeople();
  const wanted = wantedName(text, caret)?.toLowerCase() ?? null;
  const offered =
    wanted === null ? [] : people.filter(({ name }) => name.toLowerCase().includes(wanted)).slice(0, 6);

  // biome-ignore lint/correctness/useExhaustiveDependencies: the first one fits best, whenever others are offered
  useEffect(() => {
    combobox.selectFirstOption();
  }, [wanted, combobox.dropdownOpened]);

  const read = ({ value, selectionStart }: HTMLTextAreaElement) => {
    setText(value);
    setCaret(selectionStart);
    if (wantedName(value, selectionStart) === null) return combobox.closeDropdown();
    combobox.openDropdown();
  };
  const choose = (id: string) => {
    const person = people.find((each) => each.id === id);
    if (!person) return;
    const next = mention(text, caret, person.number);
    setText(next.text);
    combobox.closeDropdown();
    requestAnimationFrame(() => {
      input.current?.focus();
      input.current?.setSelectionRange(next.caret, next.caret);
    });
  };
  async function submit() {
    if (!text.trim() || isSending) return;
    setIsSending(true);
    if (await send(text.trim())) setText("");
    setIsSending(false);
  }
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      submit();
    }
  };
  const isOffering = combobox.dropdownOpened && offered.length > 0;
  return (
    <div className={classes.box}>
      <Combobox store={combobox} onOptionSubmit={choose} position="bottom-start" zIndex={400}>
        <Combobox.Target withKeyboardNavigation={isOffering} withExpandedAttribute>
          <Textarea
            ref={input}
            autosize
            minRows={2}
            maxRows={12}
            maxLength={10_000}
            aria-label={label}
            placeholder={label}
            value={text}
            data-mantine-stop-propagation={isOffering || undefined}
            onChange={(event) => read(event.currentTarget)}
            onKeyDown={onKeyDown}
            onBlur={() => combobox.closeDropdown()}
          />
        </Combobox.Target>
        <Combobox.Dropdown hidden={!isOffering} aria-label={t("tasks.comments.mention")}>
          <Combobox.Options>
            {optionsOf(offered).map(({ value, label: name }) => (
              <Combobox.Option key={value} value={value}>
                {name}
              </Combobox.Option>
            ))}
          </Combobox.Options>
        </Combobox.Dropdown>
      </Combobox>
      <Group justify="space-between" mt={6} gap="xs">
        <span className={classes.when}>{t("tasks.comments.hint")}</span>
        <Group gap="xs">
          {cancel && (
            <Button size="xs" variant="default" onClick={cancel}>
              {t("common.cancel")}
            </Button>
          )}
          <Button size="xs" loading={isSending} disabled={!text.trim()} onClick={submit}>
            {submitLabel}
          </Button>
        </Group>
      </Group>
    </div>
  );
}
