import { Group, SimpleGrid, Text, TextInput } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { Problem } from "~/api/problem";
import { invalidate } from "~/api/queries";
import type { components } from "~/api/schema.gen";
import { useWorkspace } from "~/session/workspace";
import { hours, parseDuration } from "~/ui/duration";
import { Facts } from "~/ui/Facts";
import { DrawerForm, FormDrawer } from "~/ui/FormDrawer";
import { useSchemaForm } from "~/ui/form";
import { day, weekdayName } from "~/ui/format";
import { RecordQuery } from "~/ui/RecordQuery";
import { say } from "~/ui/toast";
import { dayAt } from "~/ui/zone";
import type { Member } from "./-members";

type Schedule = components["schemas"]["ScheduleOut"];
const DAYS = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"] as const;
type Weekday = (typeof DAYS)[number];
type PanelProps = { member: Member | undefined; onClose: () => void };

/** What a member should work on each day of the week, and since when. */
export function SchedulePanel({ member, onClose }: PanelProps) {
  const { t } = useTranslation();
  const title = t("organizations.schedule.title", { name: member?.name });
  return (
    <FormDrawer title={title} opened={member !== undefined} onClose={onClose}>
      {member && <Schedules member={member} onClose={onClose} />}
    </FormDrawer>
  );
}

const PATH = "/api/work-schedules/{member_id}";

function Schedules({ member, onClose }: { member: Member; onClose: () => void }) {
  const { $api } = useWorkspace();
  const params = { path: { member_id: member.id } };
  const query = $api.useQuery("get", PATH, { params });
  return (
    <RecordQuery query={query}>
      {({ items }) => <ScheduleForm member={member} schedules={items} onClose={onClose} />}
    </RecordQuery>
  );
}

type FormProps = { member: Member; schedules: Schedule[]; onClose: () => void };

/** Saved from a day on: what held before keeps holding for the days before. */
function ScheduleForm({ member, schedules, onClose }: FormProps) {
  const { t } = useTranslation();
  const { api, queryClient, organization } = useWorkspace();
  const form = useSchemaForm({
    model: "ScheduleIn",
    room: "organizations",
    initial: { valid_from: dayAt(Date.now(), organization.time_zone), ...typed(schedules[0]) },
    save: async ({ valid_from, ...texts }) => {
      const body = { valid_from, ...secondsOf(texts) };
      await api.PUT(PATH, { params: { path: { member_id: member.id } }, body });
      await invalidate(queryClient, "/api/work-schedules", "/api/timesheets", "/api/audit");
      say(t("organizations.schedule.done", { name: member.name }));
      onClose();
    },
  });
  const week = DAYS.reduce((sum, name) => sum + (parseDuration(form.values[fieldOf(name)] || "0") ?? 0), 0);
  return (
    <DrawerForm
      form={form}
      submitLabel={t("common.save")}
      onCancel={onClose}
      aside={
        <Text size="sm" c="dimmed" role="status">
          {t("organizations.schedule.week", { hours: hours(week) })}
        </Text>
      }
    >
      <TextInput
        {...form.field("valid_from")}
        type="date"
        description={t("organizations.schedule.fromHint")}
        data-autofocus
      />
      <SimpleGrid cols={2} spacing="md">
        {DAYS.map((name, index) => (
          <TextInput
            key={name}
            {...form.field(fieldOf(name))}
            label={weekdayName(index)}
            placeholder="0:00"
            autoComplete="off"
          />
        ))}
      </SimpleGrid>
      <Earlier schedules={schedules} />
    </DrawerForm>
  );
}

function Earlier({ schedules }: { schedules: Schedule[] }) {
  const { t } = useTranslation();
  if (!schedules.length)
    return (
      <Text size="sm" c="dimmed">
        {t("organizations.schedule.none")}
      </Text>
    );
  const facts = schedules.map((schedule) => ({
    label: t("organizations.schedule.since", { day: day(schedule.valid_from, "UTC") }),
    value: t("organizations.schedule.week", {
      hours: hours(DAYS.reduce((sum, name) => sum + schedule[name], 0)),
    }),
  }));
  return (
    <Group component="section" aria-label={t("organizations.schedule.earlier")}>
      <Facts facts={facts} />
    </Group>
  );
}

/** The fields hold what is typed, not the seconds of the model. */
const fieldOf = <D extends Weekday>(name: D) => `on_${name}` as const;
type Typed = Record<ReturnType<typeof fieldOf<Weekday>>, string>;

function typed(schedule: Schedule | undefined): Typed {
  const entries = DAYS.map((name) => [fieldOf(name), schedule?.[name] ? hours(schedule[name]) : ""]);
  return Object.fromEntries(entries) as Typed;
}

function secondsOf(texts: Typed) {
  const entries = DAYS.map((name) => {
    const seconds = parseDuration(texts[fieldOf(name)] || "0");
    if (seconds === null) throw Problem.atField(fieldOf(name), "duration_expected");
    return [name, seconds];
  });
  return Object.fromEntries(entries) as Record<Weekday, number>;
}
