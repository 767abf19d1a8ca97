import { Button } from "@mantine/core";
import { IconChecklist, IconSearch } from "@tabler/icons-react";
import { keepPreviousData } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { useWorkspace } from "~/session/workspace";
import { DataTable } from "~/ui/DataTable";
import { EmptyState } from "~/ui/EmptyState";
import { FilterMenu } from "~/ui/FilterMenu";
import { SearchBox } from "~/ui/SearchBox";
import { countQuery, type ListSearch, pageQuery } from "~/ui/table-search";
import { AddTask } from "./-AddTask";
import { AssigneeFilter } from "./-AssigneeFilter";
import type { Project } from "./-state";
import { TaskDrawer } from "./-TaskDrawer";
import { useTaskColumns } from "./-task-columns";
import { type TaskSearch, taskFilters } from "./-task-search";
import { PRIORITIES, useMayTasks } from "./-task-state";

type TaskListProps = {
  /** Whose tasks; without one those of oneself, from everywhere. */
  project?: Project;
  search: TaskSearch;
  setSearch: (changes: Partial<TaskSearch>) => void;
};

const CLEARED = {
  q: "",
  which: "all",
  assignee: undefined,
  priority: undefined,
  overdue: undefined,
} as const;

/** What there is to do: in one project, or for oneself. */
export function TaskList({ project, search, setSearch }: TaskListProps) {
  const { t } = useTranslation();
  const { $api } = useWorkspace();
  const { mayMake } = useMayTasks();
  const { archived: _, ...page } = pageQuery(search);
  const { archived: __, ...counted } = countQuery(search);
  const narrowed = {
    ...taskFilters(search),
    ...(project ? { project: project.id } : { assignee: "me" as const }),
  };
  const pageParams = { query: { ...page, ...narrowed } };
  const query = $api.useQuery(
    "get",
    "/api/tasks",
    { params: pageParams },
    { placeholderData: keepPreviousData },
  );
  const count = $api.useQuery("get", "/api/tasks", { params: { query: { ...counted, ...narrowed } } });
  const { which, assignee, priority } = search;
  const isNarrowed = Boolean(search.q || assignee || priority) || which !== "open";
  const isNew = project !== undefined && Object.values(project.task_counts).every((each) => each === 0);
  return (
    <>
      {project && mayMake && !project.archived_at && <AddTask projectId={project.id} isRow />}
      <DataTable
        name={project ? `tasks:${project.id}` : "tasks"}
        caption={project ? t("tasks.title") : t("tasks.mine")}
        columns={useTaskColumns(!project)}
        search={search}
        setSearch={setSearch as (changes: Partial<ListSearch>) => void}
        query={query}
        count={count.data}
        exports={{ path: "/api/tasks", ...pageParams }}
        open={({ id }) => setSearch({ task: id })}
        nameOf={({ title }) => title}
        isBlank={isNew}
        toolbar={
          <>
            <SearchBox label={t("tasks.search")} value={search.q} onChange={(q) => setSearch({ q })} />
            <FilterMenu
              label={t("tasks.fields.state")}
              value={which === "all" ? undefined : which}
              options={(["open", "overdue", "finished"] as const).map((value) => ({
                value,
                label: t(`tasks.${value}`),
              }))}
              onChange={(value) => setSearch({ which: value ?? "all" })}
            />
            {project && (
              <AssigneeFilter
                team={project.team}
                value={assignee}
                onChange={(value) => setSearch({ assignee: value })}
              />
            )}
            <FilterMenu
              label={t("tasks.fields.priority")}
              value={priority}
              options={PRIORITIES.map((value) => ({ value, label: t(`tasks.priorities.${value}`) }))}
              onChange={(value) => setSearch({ priority: value })}
            />
          </>
        }
        empty={
          isNew || (!project && !isNarrowed) ? (
            <EmptyState
              icon={IconChecklist}
              title={t(project ? "tasks.empty.title" : "tasks.empty.mineTitle")}
              text={t(project ? "tasks.empty.text" : "tasks.empty.mineText")}
            />
          ) : (
            <EmptyState icon={IconSearch} title={t("common.noMatch.title")} text={t("common.noMatch.text")}>
              <Button variant="default" onClick={() => setSearch(CLEARED)}>
                {t("common.clearFilters")}
              </Button>
            </EmptyState>
          )
        }
      />
      <TaskDrawer id={search.task} open={(task) => setSearch({ task })} />
    </>
  );
}
