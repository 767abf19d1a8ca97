import { CloseButton, Kbd, TextInput } from "@mantine/core";
import { useDebouncedCallback } from "@mantine/hooks";
import { IconSearch } from "@tabler/icons-react";
import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { useCommands } from "./commands";

type SearchBoxProps = { label: string; value: string; onChange: (value: string) => void };

/** Search in a list: `/` goes to it, Escape clears it, the address follows a moment later. */
export function SearchBox({ label, value, onChange }: SearchBoxProps) {
  const { t } = useTranslation();
  const [text, setText] = useState(value);
  const input = useRef<HTMLInputElement>(null);
  const sent = useRef(value);
  const send = useDebouncedCallback((next: string) => {
    sent.current = next;
    onChange(next);
  }, 200);

  useEffect(() => {
    if (value !== sent.current) setText(value);
    sent.current = value;
  }, [value]);
  useCommands(
    () => [{ id: "list.search", group: "list", keys: "/", label, run: () => input.current?.focus() }],
    [label],
  );

  const take = (next: string) => {
    setText(next);
    send(next.trim());
  };
  return (
    <TextInput
      ref={input}
      type="search"
      flex={{ base: "1 1 100%", sm: "1 1 200px" }}
      maw={{ sm: 280 }}
      placeholder={label}
      aria-label={label}
      value={text}
      onChange={(event) => take(event.currentTarget.value)}
      onKeyDown={(event) => event.key === "Escape" && (text ? take("") : event.currentTarget.blur())}
      leftSection={<IconSearch size={16} aria-hidden />}
      rightSection={
        text ? (
          <CloseButton size="sm" aria-label={t("common.clear")} onClick={() => take("")} />
        ) : (
          <Kbd size="xs" aria-hidden visibleFrom="sm">
            /
          </Kbd>
        )
      }
    />
  );
}
