import { Button } from "@mantine/core";
import { IconLayoutKanban, IconPencil } from "@tabler/icons-react";
import { createFileRoute, Link, type SearchSchemaInput, stripSearchParams } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { useWorkspace } from "~/session/workspace";
import { useCommands } from "~/ui/commands";
import { Explained, useRefusal } from "~/ui/Explained";
import { History } from "~/ui/History";
import { RecordMenu } from "~/ui/RecordMenu";
import { RecordPage } from "~/ui/RecordPage";
import { RecordQuery } from "~/ui/RecordQuery";
import { changedSearch, oneOf } from "~/ui/table-search";
import { requireRight } from "../../-place";
import { useProjectArchiving } from "../-archiving";
import { ProjectFacts } from "../-ProjectFacts";
import { EditProject } from "../-ProjectForm";
import type { Project } from "../-state";
import { TaskList } from "../-TaskList";
import { Team } from "../-Team";
import { readTaskSearch, TASK_DEFAULTS, type TaskSearch } from "../-task-search";
import { useProjectValue } from "../-values";

const TABS = ["team", "history"] as const;
type Search = TaskSearch & { tab?: (typeof TABS)[number]; panel?: "edit" };

export const Route = createFileRoute("/_app/$organization/projects/$projectId/")({
  validateSearch: (raw: Partial<Search> & SearchSchemaInput): Search => ({
    ...readTaskSearch(raw, "-updated_at"),
    tab: oneOf(raw.tab, TABS),
    panel: oneOf(raw.panel, ["edit"]),
  }),
  search: { middlewares: [stripSearchParams({ ...TASK_DEFAULTS, sort: "-updated_at" } as const)] },
  beforeLoad: ({ context }) => requireRight(context.membership, "projects:read"),
  component: ProjectRecord,
});

function ProjectRecord() {
  const { $api } = useWorkspace();
  const { projectId } = Route.useParams();
  const params = { path: { project_id: projectId } };
  const query = $api.useQuery("get", "/api/projects/{project_id}", { params });
  return (
    <RecordQuery query={query}>{(project) => <ProjectPage key={project.id} project={project} />}</RecordQuery>
  );
}

function ProjectPage({ project }: { project: Project }) {
  const { t } = useTranslation();
  const { at, can } = useWorkspace();
  const search = Route.useSearch();
  const navigate = Route.useNavigate();
  const archiving = useProjectArchiving();
  const mayWrite = can("projects:write");
  const reason = useRefusal()("projects:write");
  const readable = useProjectValue(project.currency);
  const setSearch = (changes: Partial<Search>) =>
    navigate({ search: (before) => changedSearch(before, changes), replace: "q" in changes });
  const board = at(`/projects/${project.id}/board`);
  useCommands(
    () => [
      {
        id: "record.board",
        group: "record",
        keys: "b",
        label: t("projects.board"),
        run: () => navigate({ to: board }),
      },
      ...(mayWrite
        ? [
            {
              id: "record.edit",
              group: "record" as const,
              keys: "e",
              label: t("projects.edit"),
              run: () => setSearch({ panel: "edit" }),
            },
          ]
        : []),
    ],
    [t, mayWrite, board],
  );
  return (
    <RecordPage
      list={{ name: "projects", to: at("/projects"), label: t("projects.title") }}
      record={project}
      actions={
        <>
          <Button component={Link} to={board} variant="default" leftSection={<IconLayoutKanban size={16} />}>
            {t("projects.board")}
          </Button>
          <Explained reason={reason}>
            <Button
              variant="default"
              leftSection={<IconPencil size={16} />}
              onClick={() => setSearch({ panel: "edit" })}
            >
              {t("common.edit")}
            </Button>
          </Explained>
          <RecordMenu record={project} reason={reason} {...archiving} />
        </>
      }
      tab={search.tab ?? "tasks"}
      setTab={(next) => navigate({ search: { tab: oneOf(next, TABS) } as never, replace: true })}
      tabs={[
        ...(can("tasks:read")
          ? [
              {
                id: "tasks",
                label: t("tasks.title"),
                isFlush: true,
                content: <TaskList project={project} search={search} setSearch={setSearch} />,
              },
            ]
          : []),
        { id: "team", label: t("projects.team.title"), content: <Team project={project} /> },
        ...(can("history:read")
          ? [
              {
                id: "history",
                label: t("audit.title"),
                content: <History kind="project" id={project.id} readable={readable} />,
              },
            ]
          : []),
      ]}
      aside={<ProjectFacts project={project} />}
    >
      <EditProject
        project={project}
        opened={search.panel === "edit"}
        onClose={() => setSearch({ panel: undefined })}
      />
    </RecordPage>
  );
}
