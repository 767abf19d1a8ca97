import {
  type Icon,
  IconChevronDown,
  IconChevronsUp,
  IconChevronUp,
  IconEqual,
  IconMinus,
} from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import type { components } from "~/api/schema.gen";
import { useWorkspace } from "~/session/workspace";
import classes from "~/ui/marks.module.css";
import type { Person } from "~/ui/people";
import { StatusBadge, type Tone } from "~/ui/StatusBadge";

export type TaskRow = components["schemas"]["TaskRow"];
export type Task = components["schemas"]["TaskOut"];
export type TaskName = components["schemas"]["TaskName"];
export type Priority = TaskRow["priority"];

export const PRIORITIES = ["none", "low", "normal", "high", "urgent"] as const satisfies Priority[];
const TONES: Record<TaskRow["state"]["group"], Tone> = {
  backlog: "quiet",
  unstarted: "quiet",
  started: "waiting",
  completed: "good",
  canceled: "quiet",
};
const ICONS: Record<Priority, Icon> = {
  none: IconMinus,
  low: IconChevronDown,
  normal: IconEqual,
  high: IconChevronUp,
  urgent: IconChevronsUp,
};

export function TaskStateBadge({ state }: { state: TaskRow["state"] }) {
  return <StatusBadge tone={TONES[state.group]}>{state.name}</StatusBadge>;
}

/** How urgent; nothing where nobody has said so. */
export function PriorityMark({ priority }: { priority: Priority }) {
  const { t } = useTranslation();
  if (priority === "none") return null;
  const Mark = ICONS[priority];
  return (
    <span className={classes.priority} data-priority={priority}>
      <Mark size={14} stroke={2.2} aria-hidden />
      {t(`tasks.priorities.${priority}`)}
    </span>
  );
}

/** What one may do about tasks: where managers keep the books, users change their own alone. */
export function useMayTasks() {
  const { can, membership, organization } = useWorkspace();
  const isOwnOnly = membership.role === "user" && organization.writers === "managers";
  const isMe = (person?: Person | null) => person?.number === membership.member_number;
  const isMine = (task: { assignees: Person[]; created_by?: Person | null }) =>
    task.assignees.some(isMe) || isMe(task.created_by);
  return {
    isMe,
    mayMake: can("tasks:write"),
    mayWrite: (task: Parameters<typeof isMine>[0]) => can("tasks:write") && (!isOwnOnly || isMine(task)),
  };
}
