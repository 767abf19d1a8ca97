import { createFileRoute, type SearchSchemaInput, stripSearchParams } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { useWorkspace } from "~/session/workspace";
import { Page } from "~/ui/Page";
import { changedSearch } from "~/ui/table-search";
import { requireRight } from "../-place";
import { TaskList } from "./-TaskList";
import { readTaskSearch, TASK_DEFAULTS, type TaskSearch } from "./-task-search";

export const Route = createFileRoute("/_app/$organization/projects/tasks")({
  validateSearch: (raw: Partial<TaskSearch> & SearchSchemaInput): TaskSearch => readTaskSearch(raw, "due_on"),
  search: { middlewares: [stripSearchParams({ ...TASK_DEFAULTS, sort: "due_on" } as const)] },
  beforeLoad: ({ context }) => requireRight(context.membership, "tasks:read"),
  component: MyTasks,
});

/** What is assigned to oneself, in whatever project; what is due first comes first. */
function MyTasks() {
  const { t } = useTranslation();
  const { at } = useWorkspace();
  const search = Route.useSearch();
  const navigate = Route.useNavigate();
  const setSearch = (changes: Partial<TaskSearch>) =>
    navigate({ search: (before) => changedSearch(before, changes), replace: "q" in changes });
  return (
    <Page isList title={t("tasks.mine")} parent={{ to: at("/projects"), label: t("projects.title") }}>
      <TaskList search={search} setSearch={setSearch} />
    </Page>
  );
}
