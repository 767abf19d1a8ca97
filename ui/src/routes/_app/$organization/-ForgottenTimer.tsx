import { Button, Group, Modal, Text, TextInput } from "@mantine/core";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { useWorkspace } from "~/session/workspace";
import { hours } from "~/ui/duration";
import { moment } from "~/ui/format";
import { type Entry, nameOf } from "~/ui/time/entries";
import { isPending, useTimerActions } from "~/ui/time/timer";
import { dayAt, instantAt, timeAt } from "~/ui/zone";

const HOUR_MS = 3_600_000;
const LONG = 10 * HOUR_MS;
const USUAL = 8 * HOUR_MS;
const KEPT = "kept-timer";

type ForgottenTimerProps = { entry: Entry; ahead: number };

/** Asks about a timer that has run for more than ten hours; once, if it is still right. */
export function ForgottenTimer({ entry, ahead }: ForgottenTimerProps) {
  const { t } = useTranslation();
  const { timeZone } = useWorkspace();
  const { stop, discard } = useTimerActions();
  const begun = Date.parse(entry.started_at ?? "");
  const usual = new Date(begun + USUAL).toISOString();
  const [end, setEnd] = useState(`${dayAt(usual, timeZone)}T${timeAt(usual, timeZone)}`);
  const [asks, setAsks] = useState(false);
  const isKept = isPending(entry) || localStorage.getItem(KEPT) === entry.id;
  useEffect(() => {
    if (isKept) return;
    const timeout = setTimeout(() => setAsks(true), Math.max(0, begun + LONG - Date.now() - ahead));
    return () => clearTimeout(timeout);
  }, [isKept, begun, ahead]);

  const keep = () => {
    localStorage.setItem(KEPT, entry.id);
    setAsks(false);
  };
  const [day = "", time = ""] = end.split("T");
  return (
    <Modal
      opened={asks}
      onClose={keep}
      title={t("timesheets.forgotten.title")}
      withCloseButton={false}
      zIndex={300}
    >
      <Text size="sm" mt="xs" mb="md">
        {t("timesheets.forgotten.text", {
          name: nameOf(entry),
          when: moment(entry.started_at ?? "", timeZone),
          time: hours((Date.now() + ahead - begun) / 1000),
        })}
      </Text>
      <Group align="flex-end" gap="xs" mb="lg">
        <TextInput
          type="datetime-local"
          label={t("timesheets.forgotten.end")}
          value={end}
          onChange={(event) => setEnd(event.currentTarget.value)}
          flex={1}
        />
        <Button disabled={!time} onClick={() => stop(instantAt(day, time, timeZone))}>
          {t("timesheets.forgotten.stopThen")}
        </Button>
      </Group>
      <Group justify="flex-end" gap="xs">
        <Button
          variant="subtle"
          color="red.8"
          c="var(--mantine-color-error)"
          me="auto"
          onClick={() => discard(entry)}
        >
          {t("timesheets.timer.discardDots")}
        </Button>
        <Button variant="default" onClick={() => stop()}>
          {t("timesheets.forgotten.stopNow")}
        </Button>
        <Button variant="default" data-autofocus onClick={keep}>
          {t("timesheets.forgotten.keep")}
        </Button>
      </Group>
    </Modal>
  );
}
