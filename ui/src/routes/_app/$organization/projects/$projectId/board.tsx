import { Button } from "@mantine/core";
import { IconList } from "@tabler/icons-react";
import { keepPreviousData } from "@tanstack/react-query";
import { createFileRoute, Link, type SearchSchemaInput } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useWorkspace } from "~/session/workspace";
import boardClasses from "~/ui/board.module.css";
import { Page } from "~/ui/Page";
import { RecordQuery } from "~/ui/RecordQuery";
import { ArchivedBadge } from "~/ui/StatusBadge";
import { idOf } from "~/ui/table-search";
import { requireRight } from "../../-place";
import { AssigneeFilter } from "../-AssigneeFilter";
import { BoardView } from "../-BoardView";
import type { Project } from "../-state";
import { TaskDrawer } from "../-TaskDrawer";
import { assigneeOf } from "../-task-search";

type Search = { assignee?: string; task?: string };

const FIRST_CARDS = 50;
const MOST_CARDS = 200;

export const Route = createFileRoute("/_app/$organization/projects/$projectId/board")({
  validateSearch: (raw: Search & SearchSchemaInput): Search => ({
    assignee: assigneeOf(raw.assignee),
    task: idOf(raw.task),
  }),
  beforeLoad: ({ context }) => {
    requireRight(context.membership, "projects:read");
    requireRight(context.membership, "tasks:read");
  },
  component: ProjectBoard,
});

function ProjectBoard() {
  const { $api } = useWorkspace();
  const { projectId } = Route.useParams();
  const params = { path: { project_id: projectId } };
  const query = $api.useQuery("get", "/api/projects/{project_id}", { params });
  return (
    <RecordQuery query={query}>{(project) => <BoardPage key={project.id} project={project} />}</RecordQuery>
  );
}

/** The same tasks as in the list, by what is being done about them. */
function BoardPage({ project }: { project: Project }) {
  const { t } = useTranslation();
  const { at, $api } = useWorkspace();
  const { assignee, task } = Route.useSearch();
  const navigate = Route.useNavigate();
  const [limit, setLimit] = useState(FIRST_CARDS);
  const params = { path: { project_id: project.id }, query: { assignee, limit } };
  const options = $api.queryOptions("get", "/api/projects/{project_id}/board", { params });
  const query = $api.useQuery(
    "get",
    "/api/projects/{project_id}/board",
    { params },
    { placeholderData: keepPreviousData },
  );
  const list = at(`/projects/${project.id}`);
  const setSearch = (changes: Search) => navigate({ search: (before) => ({ ...before, ...changes }) });
  return (
    <Page
      isList
      title={project.name}
      badge={
        <>
          <span className={boardClasses.kind}>{t("projects.board")}</span>
          <ArchivedBadge at={project.archived_at} />
        </>
      }
      parent={{ to: at("/projects"), label: t("projects.title") }}
      actions={
        <>
          <AssigneeFilter
            team={project.team}
            value={assignee}
            onChange={(value) => setSearch({ assignee: value })}
          />
          <Button component={Link} to={list} variant="default" leftSection={<IconList size={16} />}>
            {t("tasks.title")}
          </Button>
        </>
      }
    >
      <RecordQuery query={query}>
        {(board) => (
          <BoardView
            board={board}
            queryKey={options.queryKey}
            assignee={assignee}
            isFrozen={project.archived_at !== null}
            showMore={limit < MOST_CARDS ? () => setLimit(MOST_CARDS) : undefined}
            list={list}
          />
        )}
      </RecordQuery>
      <TaskDrawer id={task} open={(next) => setSearch({ task: next })} />
    </Page>
  );
}
