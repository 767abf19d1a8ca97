import { idOf, type ListSearch, oneOf, readListSearch } from "~/ui/table-search";
import { PRIORITIES, type Priority } from "./-task-state";

export const SORTS = ["title", "number", "priority", "due_on", "updated_at", "created_at"] as const;
export type Sort = (typeof SORTS)[number];
export const WHICH = ["open", "overdue", "finished", "all"] as const;

export type TaskSearch = ListSearch<Sort> & {
  which: (typeof WHICH)[number];
  /** A member, `me` or `nobody`. */
  assignee?: string;
  priority?: Priority;
  /** The task that lies open over the list. */
  task?: string;
};

export const TASK_DEFAULTS = { q: "", page: 1, archived: false, which: "open" } as const;

export const assigneeOf = (value: unknown) => oneOf(value, ["me", "nobody"]) ?? idOf(value);

export function readTaskSearch(raw: Partial<TaskSearch>, sort: Sort | `-${Sort}`): TaskSearch {
  return {
    ...readListSearch(raw, SORTS, sort),
    which: oneOf(raw.which, WHICH) ?? "open",
    assignee: assigneeOf(raw.assignee),
    priority: oneOf(raw.priority, PRIORITIES),
    task: idOf(raw.task),
  };
}

/** The filters as the API names them. */
export function taskFilters({ which, assignee, priority }: TaskSearch) {
  const is_open = which === "all" ? undefined : which !== "finished";
  return { is_open, overdue: which === "overdue" || undefined, assignee, priority };
}
