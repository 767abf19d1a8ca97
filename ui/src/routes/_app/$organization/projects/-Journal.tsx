import { Button, Group, TextInput } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { invalidate } from "~/api/queries";
import type { components } from "~/api/schema.gen";
import { useWorkspace } from "~/session/workspace";
import { When } from "~/ui/Facts";
import { onceOnly } from "~/ui/form";
import classes from "~/ui/task.module.css";
import { sayProblem } from "~/ui/toast";
import type { Task } from "./-task-state";

type Line = components["schemas"]["LogOut"];
const PATH = "/api/tasks/{task_id}/logs";

/** What happened to the task, newest first; lines are never edited. */
export function Journal({ task, mayWrite }: { task: Task; mayWrite: boolean }) {
  const { t } = useTranslation();
  const { api } = useWorkspace();
  const path = { task_id: task.id };
  const query = useInfiniteQuery({
    queryKey: ["get", PATH, path],
    initialPageParam: undefined as string | undefined,
    queryFn: async ({ pageParam, signal }) =>
      (await api.GET(PATH, { params: { path, query: { cursor: pageParam, limit: 30 } }, signal })).data,
    getNextPageParam: (page) => page?.next_cursor ?? undefined,
  });
  const lines = query.data?.pages.flatMap((page) => page?.items ?? []) ?? [];
  return (
    <div className={classes.talk} aria-busy={query.isPending}>
      {mayWrite && <NewLine task={task} />}
      <ol>
        {lines.map((line) => (
          <li key={line.id}>
            <LineText line={line} />
          </li>
        ))}
      </ol>
      {query.hasNextPage && (
        <Button size="compact-sm" variant="subtle" onClick={() => query.fetchNextPage()}>
          {t("tasks.journal.older")}
        </Button>
      )}
    </div>
  );
}

function LineText({ line }: { line: Line }) {
  const { t } = useTranslation();
  const { timeZone } = useWorkspace();
  const values = {
    from: line.from_state ?? "",
    to: line.to_state ?? "",
    name: line.assignee?.name ?? "",
    percent: line.percent ?? 0,
  };
  return (
    <>
      <b>{line.member.name}</b> {t(`tasks.journal.${line.kind}`, values)}{" "}
      <span className={classes.when}>
        <When at={line.at} timeZone={timeZone} />
      </span>
      {line.text && <p>{line.text}</p>}
    </>
  );
}

function NewLine({ task }: { task: Task }) {
  const { t } = useTranslation();
  const { api, queryClient } = useWorkspace();
  const [text, setText] = useState("");
  const [percent, setPercent] = useState("");
  async function add(event: FormEvent) {
    event.preventDefault();
    const body = { text: text.trim() || null, percent: percent ? Number(percent) : null };
    if (body.text === null && body.percent === null) return;
    try {
      await api.POST(PATH, { params: { path: { task_id: task.id } }, body, headers: onceOnly() });
      setText("");
      setPercent("");
    } catch (error) {
      sayProblem(error);
    }
    await invalidate(queryClient, PATH);
  }
  return (
    <Group component="form" gap="xs" align="flex-end" wrap="nowrap" onSubmit={add as never}>
      <TextInput
        flex={1}
        aria-label={t("tasks.journal.new")}
        placeholder={t("tasks.journal.new")}
        maxLength={2000}
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
      />
      <TextInput
        w={76}
        type="number"
        min={0}
        max={100}
        aria-label={t("tasks.journal.percent")}
        placeholder="%"
        value={percent}
        onChange={(event) => setPercent(event.currentTarget.value)}
      />
      <Button type="submit" variant="default">
        {t("tasks.journal.add")}
      </Button>
    </Group>
  );
}
