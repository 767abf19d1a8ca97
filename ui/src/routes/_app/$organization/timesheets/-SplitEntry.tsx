import { Alert, Button, Group, Modal, Stack, Text, TextInput } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { useWorkspace } from "~/session/workspace";
import { hours, parseDuration } from "~/ui/duration";
import { bodyOf, type Entry, nameOf, shownTime } from "~/ui/time/entries";
import { dayAt, instantAt, timeAt } from "~/ui/zone";
import { type Item, useEntryActions } from "./-entries";

type SplitEntryProps = { entry: Entry; onClose: () => void };

/** Make two entries of one, at a time of the clock or after so many hours. */
export function SplitEntry({ entry, onClose }: SplitEntryProps) {
  const { t } = useTranslation();
  const { timeZone } = useWorkspace();
  const { changeMany } = useEntryActions();
  const half = Math.round((entry.seconds ?? 0) / 120) * 60;
  const begun = entry.started_at && Date.parse(entry.started_at);
  const [where, setWhere] = useState(() => (begun ? timeAt(begun + half * 1000, timeZone) : hours(half)));
  const [isWrong, setIsWrong] = useState(false);

  async function submit(event: FormEvent) {
    event.preventDefault();
    const first = begun ? secondsUntil(entry, where, timeZone) : parseDuration(where);
    if (!first || first <= 0 || first >= (entry.seconds ?? 0)) return setIsWrong(true);
    if (await changeMany(itemsOf(entry, first), [entry, entry])) onClose();
  }
  return (
    <Modal opened onClose={onClose} title={t("timesheets.split.title", { name: nameOf(entry) })}>
      <form onSubmit={submit} noValidate>
        <Stack gap="md">
          <Text size="sm" c="dimmed">
            {shownTime(entry, timeZone)} · {t("timesheets.split.text")}
          </Text>
          {isWrong && (
            <Alert role="alert" color="red">
              {t("timesheets.split.wrong")}
            </Alert>
          )}
          <TextInput
            data-autofocus
            type={begun ? "time" : "text"}
            label={t(begun ? "timesheets.split.at" : "timesheets.split.first")}
            value={where}
            onChange={(event) => setWhere(event.currentTarget.value)}
          />
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={onClose}>
              {t("common.cancel")}
            </Button>
            <Button type="submit">{t("timesheets.split.submit")}</Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}

/** From the start to that time, on the day of the start or, past midnight, on that of the end. */
function secondsUntil({ started_at, ended_at }: Entry, time: string, timeZone: string): number {
  const start = Date.parse(started_at ?? "");
  const sameDay = Date.parse(instantAt(dayAt(start, timeZone), time, timeZone));
  const at =
    sameDay > start ? sameDay : Date.parse(instantAt(dayAt(ended_at ?? "", timeZone), time, timeZone));
  return (at - start) / 1000;
}

/** The entry ends early, and a twin takes the rest: both or nothing. */
function itemsOf(entry: Entry, first: number): Item[] {
  const { id, version, work_date, kind, ended_at } = entry;
  const words = bodyOf(entry);
  if (kind === "amount" || !entry.started_at) {
    const rest = (entry.seconds ?? 0) - first;
    return [
      { op: "change", id, version, data: { seconds: first } },
      { op: "create", data: { ...words, kind: "amount", work_date, seconds: rest } },
    ];
  }
  const at = new Date(Date.parse(entry.started_at) + first * 1000).toISOString();
  return [
    { op: "change", id, version, data: { ended_at: at } },
    { op: "create", data: { ...words, kind: "clock", started_at: at, ended_at } },
  ];
}
