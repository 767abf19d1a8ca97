import { Select, SimpleGrid, Textarea, TextInput } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { Problem } from "~/api/problem";
import { useWorkspace } from "~/session/workspace";
import { ifMatch } from "~/ui/archiving";
import { useAutosave } from "~/ui/autosave";
import { useConflict } from "~/ui/conflict";
import { hours, parseEffort } from "~/ui/duration";
import { Facts } from "~/ui/Facts";
import { bodyOf } from "~/ui/form";
import { date } from "~/ui/format";
import { PeopleSelect } from "~/ui/people";
import { oneOf } from "~/ui/table-search";
import classes from "~/ui/task.module.css";
import { finishing, sayRefusal } from "./-moving";
import { Due } from "./-state";
import { useStates } from "./-states";
import { useTaskChanges } from "./-task-changes";
import { PRIORITIES, PriorityMark, type Task, TaskStateBadge } from "./-task-state";

const valuesOf = (task: Task) => ({
  title: task.title,
  description: task.description ?? "",
  state_id: task.state.id,
  priority: task.priority as string,
  starts_on: task.starts_on ?? "",
  due_on: task.due_on ?? "",
  estimate_seconds: task.estimate_seconds === null ? "" : hours(task.estimate_seconds),
});
type Values = ReturnType<typeof valuesOf>;

function bodyFrom({ estimate_seconds, ...changes }: Partial<Values>) {
  const body: Record<string, unknown> = bodyOf(changes);
  if (estimate_seconds === undefined) return body;
  const seconds = estimate_seconds ? parseEffort(estimate_seconds) : null;
  if (estimate_seconds && seconds === null) throw Problem.atField("estimate_seconds", "duration_expected");
  return { ...body, estimate_seconds: seconds };
}

type FieldsProps = { task: Task; mayWrite: boolean };

/** What a task is; those who may, change it where it stands. */
export function TaskFields({ task, mayWrite }: FieldsProps) {
  return mayWrite ? <Edited task={task} /> : <Shown task={task} />;
}

function Edited({ task }: { task: Task }) {
  const { t } = useTranslation();
  const { api } = useWorkspace();
  const states = useStates();
  const change = useTaskChanges(task.id);
  const saved = valuesOf(task);
  const params = { path: { task_id: task.id } };
  const readable = useReadable(states);
  const { saveOver, dialog } = useConflict({ room: "tasks", initial: saved, readable, valuesOf });
  const fields = useAutosave({
    room: "tasks",
    saved,
    needed: ["title"],
    onProblem: sayRefusal,
    save: (changes) => {
      const body = bodyFrom(changes);
      return finishing((with_subtasks) =>
        change(async (version) => {
          const send = (over: number) =>
            api.PATCH("/api/tasks/{task_id}", {
              params,
              body: { ...body, with_subtasks },
              headers: ifMatch(over),
            });
          return (await saveOver({ ...saved, ...changes }, version, send)) ?? {};
        }),
      );
    },
  });
  const setAssignees = (member_ids: string[]) =>
    change((version) =>
      api.PUT("/api/tasks/{task_id}/assignees", { params, body: { member_ids }, headers: ifMatch(version) }),
    ).catch(sayRefusal);
  const priority = fields.choice("priority");
  return (
    <>
      <Textarea
        {...fields.field("title")}
        rows={1}
        maxLength={200}
        classNames={{ input: classes.title, label: classes.hidden }}
        onKeyDownCapture={(event) => {
          if (event.key !== "Enter" || event.nativeEvent.isComposing) return;
          event.preventDefault(); // a title is one line
          event.currentTarget.blur();
        }}
      />
      <SimpleGrid cols={{ base: 1, xs: 2 }} spacing="md" verticalSpacing="sm">
        <Select
          {...fields.choice("state_id")}
          data={states.map(({ id, name }) => ({ value: id, label: name }))}
        />
        <Select
          {...priority}
          data={PRIORITIES.map((value) => ({ value, label: t(`tasks.priorities.${value}`) }))}
        />
        <PeopleSelect
          label={t("tasks.fields.assignees")}
          value={task.assignees.map(({ id }) => id)}
          onChange={setAssignees}
          named={task.assignees}
        />
        <TextInput
          {...fields.field("estimate_seconds")}
          autoComplete="off"
          placeholder="1:30"
          rightSection={<span className="suffix">h</span>}
        />
        <TextInput {...fields.field("starts_on")} type="date" />
        <TextInput
          {...fields.field("due_on")}
          type="date"
          description={task.overdue && t("tasks.overdue")}
          descriptionProps={{ c: "var(--mantine-color-error)" }}
          inputWrapperOrder={["label", "input", "description", "error"]}
        />
      </SimpleGrid>
      <Textarea {...fields.field("description")} autosize minRows={3} maxRows={16} />
      {dialog}
    </>
  );
}

function Shown({ task }: { task: Task }) {
  const { t } = useTranslation();
  return (
    <>
      <h2 className={classes.title}>{task.title}</h2>
      <Facts
        facts={[
          { label: t("tasks.fields.state"), value: <TaskStateBadge state={task.state} /> },
          {
            label: t("tasks.fields.priority"),
            value: task.priority !== "none" && <PriorityMark priority={task.priority} />,
          },
          { label: t("tasks.fields.assignees"), value: task.assignees.map(({ name }) => name).join(", ") },
          { label: t("tasks.fields.starts_on"), value: task.starts_on && date(task.starts_on) },
          {
            label: t("tasks.fields.due_on"),
            value: task.due_on && <Due on={task.due_on} isLate={task.overdue} />,
          },
          {
            label: t("tasks.fields.estimate_seconds"),
            value: task.estimate_seconds !== null && hours(task.estimate_seconds),
          },
          { label: t("tasks.fields.description"), value: task.description },
        ]}
      />
    </>
  );
}

function useReadable(states: { id: string; name: string }[]) {
  const { t } = useTranslation();
  return (name: string, value: unknown) => {
    if (value === "" || value === null) return t("common.none");
    if (name === "state_id") return states.find(({ id }) => id === value)?.name ?? t("common.none");
    const priority = name === "priority" && oneOf(value, PRIORITIES);
    if (priority) return t(`tasks.priorities.${priority}`);
    return name.endsWith("_on") ? date(String(value)) : String(value);
  };
}
