import { ActionIcon } from "@mantine/core";
import { IconX } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { useWorkspace } from "~/session/workspace";
import { ifMatch } from "~/ui/archiving";
import { type Found, SearchSelect } from "~/ui/SearchSelect";
import classes from "~/ui/task.module.css";
import { sayProblem } from "~/ui/toast";
import { AddTask } from "./-AddTask";
import { useTaskChanges } from "./-task-changes";
import { type Task, type TaskName, TaskStateBadge } from "./-task-state";

type RelationsProps = { task: Task; mayWrite: boolean; open: (id: string) => void };

/** What a task is part of, what it consists of, what it waits for and what waits for it. */
export function Relations({ task, mayWrite }: RelationsProps) {
  const { t } = useTranslation();
  const setDependency = useDependencies(task);
  const remove = (other: TaskName) =>
    mayWrite && (
      <ActionIcon
        size="sm"
        aria-label={t("tasks.drawer.removeDependency", { name: other.key })}
        onClick={() => setDependency("DELETE", other.id)}
      >
        <IconX size={14} />
      </ActionIcon>
    );
  return (
    <>
      {task.parent && <Related title={t("tasks.drawer.partOf")} tasks={[task.parent]} />}
      {(mayWrite || task.subtasks.length > 0) && (
        <Related title={t("tasks.drawer.subtasks")} tasks={task.subtasks}>
          {mayWrite && (
            <AddTask projectId={task.project.id} parentId={task.id} label={t("tasks.drawer.addSubtask")} />
          )}
        </Related>
      )}
      {(mayWrite || task.depends_on.length > 0) && (
        <Related title={t("tasks.drawer.waitsFor")} tasks={task.depends_on} action={remove}>
          {mayWrite && <OtherTask task={task} choose={(other) => setDependency("PUT", other)} />}
        </Related>
      )}
      {task.blocks.length > 0 && <Related title={t("tasks.drawer.blocks")} tasks={task.blocks} />}
    </>
  );
}

type RelatedProps = {
  title: string;
  tasks: TaskName[];
  action?: (task: TaskName) => ReactNode;
  children?: ReactNode;
};

function Related({ title, tasks, action, children }: RelatedProps) {
  return (
    <section className={classes.related} aria-label={title}>
      <h3>{title}</h3>
      <ul>
        {tasks.map((task) => (
          <li key={task.id}>
            <Link to="." search={((before: object) => ({ ...before, task: task.id })) as never}>
              <span className={classes.key}>{task.key}</span>
              <span className={classes.name}>{task.title}</span>
            </Link>
            <TaskStateBadge state={task.state} />
            {action?.(task)}
          </li>
        ))}
      </ul>
      {children}
    </section>
  );
}

/** Another task of the same project. */
function OtherTask({ task, choose }: { task: Task; choose: (id: string) => void }) {
  const { t } = useTranslation();
  const { $api } = useWorkspace();
  const known = [task.id, ...task.depends_on.map(({ id }) => id)];
  const useFound = (q: string | undefined): Found[] => {
    const params = { query: { q, project: task.project.id, limit: 20 } };
    const { data } = $api.useQuery("get", "/api/tasks", { params }, { placeholderData: (before) => before });
    return (data?.items ?? [])
      .filter(({ id }) => !known.includes(id))
      .map(({ id, key, title }) => ({ value: id, label: `${key} ${title}` }));
  };
  return (
    <SearchSelect
      key={known.length}
      size="xs"
      aria-label={t("tasks.drawer.addDependency")}
      placeholder={t("tasks.drawer.addDependency")}
      useFound={useFound}
      onChange={(id) => id && choose(id)}
    />
  );
}

function useDependencies(task: Task) {
  const { api } = useWorkspace();
  const change = useTaskChanges(task.id);
  return (method: "PUT" | "DELETE", other_id: string) =>
    change((version) => {
      const init = { params: { path: { task_id: task.id, other_id } }, headers: ifMatch(version) };
      const path = "/api/tasks/{task_id}/dependencies/{other_id}";
      return method === "PUT" ? api.PUT(path, init) : api.DELETE(path, init);
    }).catch(sayProblem);
}
