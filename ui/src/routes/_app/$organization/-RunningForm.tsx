import { Alert, Button, Group, Stack, TextInput } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { type Problem, problemOf } from "~/api/problem";
import { useWorkspace } from "~/session/workspace";
import { sentenceOf } from "~/ui/problems";
import { type About, type Entry, nameOf } from "~/ui/time/entries";
import { type Fix, Overlap } from "~/ui/time/Overlap";
import { SubjectSelect } from "~/ui/time/SubjectSelect";
import classes from "~/ui/time/time.module.css";
import { isPending, useTimerActions } from "~/ui/time/timer";
import { dayAt, instantAt, timeAt } from "~/ui/zone";
import { StartForm } from "./-StartForm";

type RunningFormProps = { entry: Entry; close: () => void };

/** What is known about what runs can be put right while it runs. */
export function RunningForm({ entry, close }: RunningFormProps) {
  const { t } = useTranslation();
  const { timeZone } = useWorkspace();
  const { stop, edit, discard } = useTimerActions();
  const [before] = useState(() => {
    const started = entry.started_at ?? "";
    return { note: entry.note ?? "", start: `${dayAt(started, timeZone)}T${timeAt(started, timeZone)}` };
  });
  const [note, setNote] = useState(before.note);
  const [start, setStart] = useState(before.start);
  const [about, setAbout] = useState<About>(entry);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [switches, setSwitches] = useState(false);
  if (switches) return <StartForm close={close} />;

  async function save(resolve?: Fix) {
    const [day = "", time = ""] = start.split("T");
    const started_at = start === before.start ? {} : { started_at: instantAt(day, time, timeZone) };
    const subject = { project_id: about.project.id, task_id: about.task?.id ?? null };
    try {
      const body = { ...started_at, ...subject, note: note || null, resolve };
      await edit(entry, body as never, { ...started_at, ...about, note });
      close();
    } catch (error) {
      setProblem(problemOf(error));
    }
  }
  const submit = (event: FormEvent) => {
    event.preventDefault();
    save();
  };
  const leave = (run: () => unknown) => () => {
    close();
    run();
  };
  return (
    <form onSubmit={submit} className={classes.panel} aria-label={nameOf(entry)} noValidate>
      <Stack gap="sm">
        {problem?.code === "time_overlap" && <Overlap problem={problem} timeZone={timeZone} apply={save} />}
        {problem && problem.code !== "time_overlap" && (
          <Alert role="alert" color="red">
            {sentenceOf(problem)}
          </Alert>
        )}
        <TextInput
          data-autofocus
          label={t("timesheets.timer.line")}
          value={note}
          maxLength={2000}
          autoComplete="off"
          onChange={(event) => setNote(event.currentTarget.value)}
        />
        <SubjectSelect
          label={t("timesheets.timer.about")}
          value={about}
          onChange={setAbout}
          comboboxProps={{ withinPortal: false }}
        />
        <TextInput
          type="datetime-local"
          label={t("timesheets.fields.started_at")}
          value={start}
          onChange={(event) => setStart(event.currentTarget.value)}
        />
        <Group gap="xs" justify="space-between">
          <Button type="submit" variant="default" disabled={isPending(entry) || !start}>
            {t("common.save")}
          </Button>
          <Group gap="xs">
            <Button variant="default" onClick={() => setSwitches(true)}>
              {t("timesheets.timer.switchDots")}
            </Button>
            <Button color="red.8" onClick={leave(stop)}>
              {t("timesheets.timer.stopShort")}
            </Button>
          </Group>
        </Group>
        <Button
          size="compact-sm"
          variant="subtle"
          c="var(--mantine-color-error)"
          color="red.8"
          disabled={isPending(entry)}
          onClick={leave(() => discard(entry))}
        >
          {t("timesheets.timer.discardDots")}
        </Button>
      </Stack>
    </form>
  );
}
