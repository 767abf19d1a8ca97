import { Alert, Button, Stack, TextInput, UnstyledButton } from "@mantine/core";
import { IconPlayerPlay } from "@tabler/icons-react";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { problemOf } from "~/api/problem";
import { invalidate } from "~/api/queries";
import { useWorkspace } from "~/session/workspace";
import { hours, readLine } from "~/ui/duration";
import { randomKey } from "~/ui/form";
import { sentenceOf } from "~/ui/problems";
import { type About, bodyOf, type Entry, HOURS, nameOf, subjectOf } from "~/ui/time/entries";
import { useMyId } from "~/ui/time/me";
import { SubjectSelect } from "~/ui/time/SubjectSelect";
import classes from "~/ui/time/time.module.css";
import { useTimerActions } from "~/ui/time/timer";
import { say } from "~/ui/toast";
import { dayAt } from "~/ui/zone";

const MOST_RECENT = 4;

/** A line of words, what it is about, and go; a leading duration books that much instead. */
export function StartForm({ close }: { close: () => void }) {
  const { t } = useTranslation();
  const { api, queryClient, organization } = useWorkspace();
  const { start } = useTimerActions();
  const recent = useRecent();
  const [line, setLine] = useState("");
  const [chosen, setChosen] = useState<About | null>(null);
  const [wrong, setWrong] = useState<string | null>(null);
  const about = chosen ?? recent[0] ?? null;
  const { seconds, note } = readLine(line);

  async function book(on: About, amount: number) {
    const work_date = dayAt(Date.now(), organization.time_zone);
    const body = { ...bodyOf({ ...on, note }), kind: "amount" as const, work_date, seconds: amount };
    await api.POST("/api/time-entries", { body, headers: { "Idempotency-Key": randomKey() } });
    await invalidate(queryClient, ...HOURS);
    say(t("timesheets.timer.booked", { time: hours(amount), name: note || subjectOf(on) }));
  }
  async function submit(event: FormEvent) {
    event.preventDefault();
    if (!about) return setWrong(t("timesheets.timer.needsProject"));
    try {
      await (seconds ? book(about, seconds) : start({ ...about, note }));
      close();
    } catch (error) {
      setWrong(sentenceOf(problemOf(error)));
    }
  }
  const resume = (entry: Entry) => {
    close();
    start(entry);
  };
  return (
    <>
      <form onSubmit={submit} className={classes.panel} noValidate>
        <Stack gap="sm">
          {wrong && (
            <Alert role="alert" color="red">
              {wrong}
            </Alert>
          )}
          <TextInput
            data-autofocus
            label={t("timesheets.timer.line")}
            placeholder={t("timesheets.timer.placeholder")}
            autoComplete="off"
            maxLength={2000}
            value={line}
            onChange={(event) => setLine(event.currentTarget.value)}
          />
          <SubjectSelect
            label={t("timesheets.timer.about")}
            value={about}
            onChange={setChosen}
            comboboxProps={{ withinPortal: false }}
          />
          <Button type="submit" leftSection={<IconPlayerPlay size={16} />}>
            {seconds ? t("timesheets.timer.book", { time: hours(seconds) }) : t("timesheets.timer.start")}
          </Button>
        </Stack>
      </form>
      {recent.length > 0 && (
        <section className={classes.recent} aria-labelledby="recent-work">
          <h2 id="recent-work">{t("timesheets.timer.recent")}</h2>
          {recent.map((entry) => (
            <UnstyledButton key={entry.id} className={classes.resume} onClick={() => resume(entry)}>
              <IconPlayerPlay size={14} aria-hidden />
              <span className={classes.resumeName}>{nameOf(entry)}</span>
              {nameOf(entry) !== subjectOf(entry) && <small>{subjectOf(entry)}</small>}
            </UnstyledButton>
          ))}
        </section>
      )}
    </>
  );
}

/** What one worked on last, each once. */
function useRecent(): Entry[] {
  const { $api } = useWorkspace();
  const member_id = useMyId();
  const params = { query: { member_id, limit: 20 } };
  const { data } = $api.useQuery(
    "get",
    "/api/time-entries",
    { params },
    { enabled: member_id !== undefined },
  );
  const distinct = new Map(
    (data?.items ?? []).toReversed().map((entry) => [JSON.stringify(bodyOf(entry)), entry]),
  );
  return [...distinct.values()].toReversed().slice(0, MOST_RECENT);
}
