import { ActionIcon, CopyButton, Menu, Tabs, Tooltip } from "@mantine/core";
import { IconCheck, IconCopy, IconDots, IconLink, IconPlayerPlay, IconTrash } from "@tabler/icons-react";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { invalidate } from "~/api/queries";
import { useWorkspace } from "~/session/workspace";
import { ifMatch } from "~/ui/archiving";
import { ask } from "~/ui/ask";
import { FormDrawer } from "~/ui/FormDrawer";
import { onceOnly } from "~/ui/form";
import { RecordQuery } from "~/ui/RecordQuery";
import classes from "~/ui/task.module.css";
import { useStartTask } from "~/ui/time/timer";
import { say, sayProblem } from "~/ui/toast";
import { Comments } from "./-Comments";
import { Journal } from "./-Journal";
import { Relations } from "./-Relations";
import { TaskFields } from "./-TaskFields";
import { useTask } from "./-task-changes";
import { type Task, useMayTasks } from "./-task-state";

type TaskDrawerProps = { id: string | undefined; open: (id: string | undefined) => void };

/** A task over the list or board it was opened from; its id is in the address. */
export function TaskDrawer({ id, open }: TaskDrawerProps) {
  const { t } = useTranslation();
  const [last, setLast] = useState(id);
  useEffect(() => {
    if (id) setLast(id); // it stays while the drawer slides out
  }, [id]);
  const shown = id ?? last;
  return (
    <FormDrawer
      isWide
      opened={id !== undefined}
      onClose={() => open(undefined)}
      title={shown ? <Title id={shown} /> : t("tasks.title")}
      tools={shown && <Tools id={shown} open={open} />}
    >
      {shown && <Content key={shown} id={shown} open={open} />}
    </FormDrawer>
  );
}

type PartProps = { id: string; open: (id: string | undefined) => void };

function Title({ id }: { id: string }) {
  const { t } = useTranslation();
  const { data: task } = useTask(id);
  return (
    <span className={classes.head} tabIndex={-1} data-autofocus>
      <span className={classes.key}>{task?.key}</span>
      <span className={classes.project}>{task?.project.name ?? t("tasks.title")}</span>
    </span>
  );
}

function Tools({ id, open }: PartProps) {
  const { t } = useTranslation();
  const { data: task } = useTask(id);
  const { mayMake, mayWrite } = useMayTasks();
  const { can } = useWorkspace();
  const start = useStartTask();
  if (!task) return null;
  return (
    <>
      {can("time:write") && (
        <Tooltip label={t("timesheets.timer.start")}>
          <ActionIcon
            aria-label={t("timesheets.timer.startOn", { name: task.key })}
            onClick={() => start(task)}
          >
            <IconPlayerPlay size={16} />
          </ActionIcon>
        </Tooltip>
      )}
      <CopyButton value={location.href}>
        {({ copied, copy }) => (
          <Tooltip label={t("tasks.drawer.copyLink")}>
            <ActionIcon aria-label={t(copied ? "common.copied" : "tasks.drawer.copyLink")} onClick={copy}>
              {copied ? <IconCheck size={16} /> : <IconLink size={16} />}
            </ActionIcon>
          </Tooltip>
        )}
      </CopyButton>
      {(mayMake || mayWrite(task)) && <TaskMenu task={task} open={open} />}
    </>
  );
}

function TaskMenu({ task, open }: { task: Task } & Pick<PartProps, "open">) {
  const { t } = useTranslation();
  const { api, queryClient } = useWorkspace();
  const { mayMake, mayWrite } = useMayTasks();
  const params = { path: { task_id: task.id } };
  const refresh = () => invalidate(queryClient, "/api/tasks", "/api/projects");

  async function copy() {
    try {
      const body = { with_assignees: true, with_subtasks: true };
      const { data } = await api.POST("/api/tasks/{task_id}/copy", { params, body, headers: onceOnly() });
      await refresh();
      if (!data) return;
      say(t("tasks.drawer.copied", { key: data.key }));
      open(data.id);
    } catch (error) {
      sayProblem(error);
    }
  }
  async function remove() {
    const title = t("tasks.delete.title", { name: `${task.key} ${task.title}` });
    const question = { title, text: t("tasks.delete.text"), confirm: t("common.delete.confirm") };
    if (!(await ask({ ...question, isDangerous: true }))) return;
    try {
      await api.DELETE("/api/tasks/{task_id}", { params, headers: ifMatch(task.version) });
      open(undefined);
    } catch (error) {
      sayProblem(error);
    }
    const lists = { queryKey: ["get", "/api/tasks"] }; // whoever is gone is not asked for again
    await Promise.all([invalidate(queryClient, "/api/projects"), queryClient.invalidateQueries(lists)]);
  }
  return (
    <Menu position="bottom-end" width={180} zIndex={400}>
      <Menu.Target>
        <ActionIcon aria-label={t("common.more")}>
          <IconDots size={18} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        {mayMake && (
          <Menu.Item leftSection={<IconCopy size={16} />} onClick={copy}>
            {t("tasks.drawer.copy")}
          </Menu.Item>
        )}
        {mayWrite(task) && (
          <Menu.Item c="var(--mantine-color-error)" leftSection={<IconTrash size={16} />} onClick={remove}>
            {t("common.deleteDots")}
          </Menu.Item>
        )}
      </Menu.Dropdown>
    </Menu>
  );
}

function Content({ id, open }: PartProps) {
  const { t } = useTranslation();
  const query = useTask(id);
  const [tab, setTab] = useState<string | null>("comments");
  const { mayWrite } = useMayTasks();
  return (
    <RecordQuery query={query}>
      {(task) => (
        <div className={classes.content}>
          <TaskFields task={task} mayWrite={mayWrite(task)} />
          <Relations task={task} mayWrite={mayWrite(task)} open={open} />
          <Tabs value={tab} onChange={setTab}>
            <Tabs.List className={classes.tabs}>
              <Tabs.Tab value="comments">{t("tasks.drawer.comments")}</Tabs.Tab>
              <Tabs.Tab value="journal">{t("tasks.drawer.journal")}</Tabs.Tab>
            </Tabs.List>
            <Tabs.Panel value="comments">
              <Comments task={task} />
            </Tabs.Panel>
            <Tabs.Panel value="journal">
              <Journal task={task} mayWrite={mayWrite(task)} />
            </Tabs.Panel>
          </Tabs>
        </div>
      )}
    </RecordQuery>
  );
}
