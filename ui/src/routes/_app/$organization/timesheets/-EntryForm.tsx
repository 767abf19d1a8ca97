import { SegmentedControl, SimpleGrid, Switch, Text, Textarea, TextInput } from "@mantine/core";
import { useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { Problem, problemOf } from "~/api/problem";
import { invalidate } from "~/api/queries";
import { useWorkspace } from "~/session/workspace";
import { hours, parseDuration } from "~/ui/duration";
import { DrawerForm } from "~/ui/FormDrawer";
import { useIdempotencyKey, useSchemaForm } from "~/ui/form";
import { type About, bodyOf, type Entry, HOURS, nameOf } from "~/ui/time/entries";
import { type Fix, Overlap } from "~/ui/time/Overlap";
import { SubjectSelect } from "~/ui/time/SubjectSelect";
import { say } from "~/ui/toast";
import { dayAt, respan, timeAt } from "~/ui/zone";
import { useEntryActions } from "./-entries";

type Kind = Entry["kind"];
type EntryFormProps = {
  /** What is changed; nothing for a new one. */
  entry?: Entry;
  /** What a new one takes its words from. */
  like?: Entry;
  day: string;
  onClose: () => void;
};

const local = (instant: string | null | undefined, zone: string) => (instant ? timeAt(instant, zone) : "");

/** Time by the clock or as an amount; an overlap is answered with its ready fixes. */
export function EntryForm({ entry, like, day, onClose }: EntryFormProps) {
  const { t } = useTranslation();
  const { api, queryClient, timeZone } = useWorkspace();
  const { change } = useEntryActions();
  const keyFor = useIdempotencyKey();
  const fix = useRef<Fix | undefined>(undefined);
  const [overlap, setOverlap] = useState<Problem | null>(null);
  const [about, setAbout] = useState<About | null>(entry ?? like ?? null);
  const from = entry ?? like;
  const form = useSchemaForm({
    model: "TimeEntryIn",
    room: "timesheets",
    needed: ["project_id", "work_date"],
    initial: {
      kind: (from?.kind ?? "clock") as Kind,
      project_id: from?.project.id ?? "",
      work_date: entry?.started_at ? dayAt(entry.started_at, timeZone) : (entry?.work_date ?? day),
      started_at: local(entry?.started_at, timeZone),
      ended_at: local(entry?.ended_at, timeZone),
      duration: from?.seconds && !from.started_at ? hours(from.seconds) : "",
      activity: from?.activity ?? "",
      note: from?.note ?? "",
      billable: from?.billable ?? true,
    },
    onProblem: (problem) => {
      const isOverlap = problem.code === "time_overlap";
      setOverlap(isOverlap ? problem : null);
      return isOverlap;
    },
    save: async (values) => {
      if (!about) return;
      const { kind, work_date, duration, note, activity } = values;
      const billable = !entry && !like && values.billable ? undefined : values.billable;
      const words = { ...bodyOf({ ...about, note, activity, billable }), create_project: undefined };
      const resolve = fix.current;
      fix.current = undefined;
      try {
        const times = kind === "clock" ? clockTimes(values) : { work_date, seconds: secondsIn(duration) };
        if (entry) await change(entry, { ...words, ...times }, resolve);
        else {
          const body = { ...words, ...times, kind, resolve } as never;
          await api.POST("/api/time-entries", { body, headers: { "Idempotency-Key": keyFor(body) } });
          await invalidate(queryClient, ...HOURS);
          say(t("timesheets.days.created", { name: nameOf({ ...about, note, activity }) }));
        }
      } catch (error) {
        throw atDuration(problemOf(error));
      }
      onClose();
    },
  });
  const { kind, work_date, started_at, ended_at } = form.values;

  function clockTimes(values: typeof form.values) {
    for (const name of ["started_at", "ended_at"] as const)
      if (!values[name] && !(entry?.is_running && name === "ended_at"))
        throw Problem.atField(name, "missing");
    const end = values.ended_at || values.started_at;
    const span = respan(entry ?? {}, values.work_date, [values.started_at, end], timeZone);
    return values.ended_at ? span : { started_at: span.started_at };
  }
  return (
    <DrawerForm
      form={form}
      submitLabel={t(entry ? "common.save" : "timesheets.days.create")}
      onCancel={onClose}
      notice={
        overlap && (
          <Overlap
            problem={overlap}
            timeZone={timeZone}
            apply={(chosen) => {
              fix.current = chosen;
              form.onSubmit();
            }}
          />
        )
      }
    >
      {!entry && (
        <SegmentedControl
          fullWidth
          aria-label={t("timesheets.fields.duration")}
          value={kind}
          onChange={(value) => form.setFieldValue("kind", value as Kind)}
          data={(["clock", "amount"] as const).map((value) => ({
            value,
            label: t(`timesheets.days.kinds.${value}`),
          }))}
        />
      )}
      <SubjectSelect
        data-autofocus
        {...subjectField(form.field("project_id"))}
        value={about}
        onChange={(next) => {
          setAbout(next);
          form.setFieldValue("project_id", next.project.id);
        }}
      />
      <TextInput type="date" {...form.field("work_date")} />
      {kind === "clock" ? (
        <SimpleGrid cols={2} spacing="md">
          <TextInput type="time" {...form.field("started_at")} />
          <TextInput type="time" {...form.field("ended_at")} disabled={entry?.is_running} />
        </SimpleGrid>
      ) : (
        <TextInput {...form.field("duration")} required placeholder="1:30" autoComplete="off" />
      )}
      {kind === "clock" && ended_at && started_at && ended_at <= started_at && work_date && (
        <Text size="xs" c="dimmed" role="status">
          {t("timesheets.days.nextDay")}
        </Text>
      )}
      <Textarea {...form.field("note")} autosize minRows={2} maxRows={8} />
      <TextInput {...form.field("activity")} autoComplete="off" />
      <Switch {...form.check("billable")} />
    </DrawerForm>
  );
}

const subjectField = ({
  label,
  error,
  required,
}: {
  label: string;
  error?: unknown;
  required?: boolean;
}) => ({
  label,
  required,
  error: error as string | undefined,
  "aria-invalid": error ? true : undefined,
});

function secondsIn(text: string): number {
  const seconds = parseDuration(text);
  if (!seconds) throw Problem.atField("duration", "duration_expected");
  return seconds;
}

/** What is wrong with the seconds is wrong with the duration that was typed. */
function atDuration(problem: Problem): Problem {
  const wrong = problem.fields.find(({ path }) => path === "seconds");
  return wrong ? Problem.atField("duration", wrong.code) : problem;
}
