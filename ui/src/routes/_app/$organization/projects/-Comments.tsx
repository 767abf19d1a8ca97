import { ActionIcon, Avatar, Group } from "@mantine/core";
import { IconPencil, IconTrash } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { invalidate } from "~/api/queries";
import type { components } from "~/api/schema.gen";
import { useWorkspace } from "~/session/workspace";
import { ifMatch } from "~/ui/archiving";
import { ask } from "~/ui/ask";
import { When } from "~/ui/Facts";
import { onceOnly } from "~/ui/form";
import { initials } from "~/ui/format";
import classes from "~/ui/task.module.css";
import { sayProblem } from "~/ui/toast";
import { CommentBox } from "./-CommentBox";
import { spellOut } from "./-mentions";
import { type Task, useMayTasks } from "./-task-state";

type Comment = components["schemas"]["CommentOut"];
const PATH = "/api/tasks/{task_id}/comments";

/** What people say about the task, the oldest first. */
export function Comments({ task }: { task: Task }) {
  const { t } = useTranslation();
  const { $api, api, can } = useWorkspace();
  const params = { path: { task_id: task.id } };
  const newest = { params: { ...params, query: { limit: 200, sort: "-created_at" as const } } };
  const { data } = $api.useQuery("get", PATH, newest);
  const comments = data?.items.toReversed() ?? [];
  const attempt = useAttempt();
  return (
    <div className={classes.talk} aria-busy={!data}>
      {data && comments.length === 0 && <p className={classes.none}>{t("tasks.comments.none")}</p>}
      <ol>
        {comments.map((comment) => (
          <CommentItem key={comment.id} comment={comment} />
        ))}
      </ol>
      {can("comments:write") && (
        <CommentBox
          label={t("tasks.comments.new")}
          submitLabel={t("tasks.comments.send")}
          send={(text) => attempt(() => api.POST(PATH, { params, body: { text }, headers: onceOnly() }))}
        />
      )}
    </div>
  );
}

function CommentItem({ comment }: { comment: Comment }) {
  const { t } = useTranslation();
  const { api, timeZone, can, membership } = useWorkspace();
  const { isMe } = useMayTasks();
  const attempt = useAttempt();
  const [isEdited, setIsEdited] = useState(false);
  const { author, text, mentions, version } = comment;
  const init = { params: { path: { comment_id: comment.id } }, headers: ifMatch(version) };
  const mayChange = can("comments:write") && (isMe(author) || membership.role !== "user");

  async function remove() {
    const question = {
      title: t("tasks.comments.deleteTitle"),
      text: t("tasks.comments.deleteText"),
      confirm: t("common.delete.confirm"),
    };
    if (await ask({ ...question, isDangerous: true }))
      await attempt(() => api.DELETE("/api/comments/{comment_id}", init));
  }
  const change = async (next: string) => {
    const isDone = await attempt(() =>
      api.PATCH("/api/comments/{comment_id}", { ...init, body: { text: next } }),
    );
    if (isDone) setIsEdited(false);
    return isDone;
  };
  return (
    <li className={classes.comment} aria-label={t("tasks.comments.of", { name: author.name })}>
      <Avatar size={28} radius="xl" color="gray" variant="light" aria-hidden>
        {initials(author.name)}
      </Avatar>
      <div className={classes.said}>
        <Group gap={8}>
          <b>{author.name}</b>
          <span className={classes.when}>
            <When at={comment.created_at} timeZone={timeZone} />
            {comment.edited_at && ` · ${t("tasks.comments.edited")}`}
          </span>
          {mayChange && !isEdited && (
            <Group gap={2} ms="auto">
              <ActionIcon size="sm" aria-label={t("tasks.comments.edit")} onClick={() => setIsEdited(true)}>
                <IconPencil size={14} />
              </ActionIcon>
              <ActionIcon size="sm" aria-label={t("tasks.comments.delete")} onClick={remove}>
                <IconTrash size={14} />
              </ActionIcon>
            </Group>
          )}
        </Group>
        {isEdited ? (
          <CommentBox
            label={t("tasks.comments.edit")}
            submitLabel={t("common.save")}
            initial={text}
            send={change}
            cancel={() => setIsEdited(false)}
          />
        ) : (
          <p>
            {spellOut(text, mentions).map(({ at, text: part, isName }) =>
              isName ? <mark key={at}>{part}</mark> : <span key={at}>{part}</span>,
            )}
          </p>
        )}
      </div>
    </li>
  );
}

/** Says whether it went well; what did not is told. */
function useAttempt() {
  const { queryClient } = useWorkspace();
  return async (run: () => Promise<unknown>): Promise<boolean> => {
    try {
      await run();
      return true;
    } catch (error) {
      sayProblem(error);
      return false;
    } finally {
      await invalidate(queryClient, PATH);
    }
  };
}
