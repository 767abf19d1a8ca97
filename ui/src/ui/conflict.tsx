import { Button, Group, Modal, Table, Text } from "@mantine/core";
import { type ReactNode, useState } from "react";
import { useTranslation } from "react-i18next";
import { Problem } from "~/api/problem";
import { labelOf, type Room, type Values } from "./form";

type Fields = Record<string, unknown>;
type Meeting = { theirs: Fields; who?: string; answer: (overwrite: boolean) => void };
type Options<V extends Values> = {
  room: Room;
  initial: V;
  readable: (name: string, value: unknown) => ReactNode;
  /** What is saved now as the form knows it, where the two differ. */
  valuesOf?: (current: never) => Fields;
};

/** Saving over a record that somebody else changed meanwhile: shows both and lets the person decide. */
export function useConflict<V extends Values>({ room, initial, readable, valuesOf }: Options<V>) {
  const { t } = useTranslation();
  const [meeting, setMeeting] = useState<Meeting | null>(null);
  const [mine, setMine] = useState<V>(initial);

  /** The saved record, or null when the person preferred what is there now. */
  async function saveOver<T>(
    values: V,
    version: number,
    save: (version: number) => Promise<T>,
  ): Promise<T | null> {
    try {
      return await save(version);
    } catch (error) {
      const current =
        error instanceof Problem && error.code === "stale" ? (error.body.current as Fields) : null;
      if (!current) throw error;
      setMine(values);
      const who = (error as Problem).body.changed_by as { name?: string } | null | undefined;
      const overwrite = await new Promise<boolean>((answer) =>
        setMeeting({ theirs: valuesOf?.(current as never) ?? current, who: who?.name, answer }),
      );
      setMeeting(null);
      return overwrite ? saveOver(values, Number(current.version), save) : null;
    }
  }

  const names = meeting
    ? Object.keys(initial).filter((name) => differs(meeting.theirs[name], initial[name]))
    : [];
  const isMine = (name: string) => differs(mine[name], initial[name]);
  const dialog: ReactNode = (
    <Modal
      opened={meeting !== null}
      onClose={() => meeting?.answer(false)}
      withCloseButton={false}
      title={t("common.conflict.title")}
      size="lg"
      zIndex={300}
    >
      <Text size="sm" mb="md">
        {meeting?.who ? t("common.conflict.by", { name: meeting.who }) : t("common.conflict.unknown")}
      </Text>
      {names.length > 0 && (
        <Table verticalSpacing={8} mb="lg" fz="sm">
          <Table.Thead>
            <Table.Tr>
              <Table.Th scope="col">{t("common.conflict.field")}</Table.Th>
              <Table.Th scope="col">{t("common.conflict.theirs")}</Table.Th>
              <Table.Th scope="col">{t("common.conflict.mine")}</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {names.map((name) => (
              <Table.Tr key={name}>
                <Table.Th scope="row" fw={500}>
                  {labelOf(room, name)}
                </Table.Th>
                <Table.Td>{readable(name, meeting?.theirs[name])}</Table.Td>
                <Table.Td c={isMine(name) ? undefined : "dimmed"}>
                  {isMine(name) ? readable(name, mine[name]) : t("common.conflict.untouched")}
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      )}
      <Group justify="flex-end" gap="xs">
        <Button variant="default" data-autofocus onClick={() => meeting?.answer(false)}>
          {t("common.conflict.reload")}
        </Button>
        <Button onClick={() => meeting?.answer(true)}>
          {t(names.some(isMine) ? "common.conflict.overwrite" : "common.conflict.saveToo")}
        </Button>
      </Group>
    </Modal>
  );
  return { saveOver, dialog };
}

const differs = (theirs: unknown, before: unknown) => String(theirs ?? "") !== String(before ?? "");
