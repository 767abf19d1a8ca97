import { useTranslation } from "react-i18next";
import { useWorkspace } from "~/session/workspace";
import type { Column } from "~/ui/DataTable";
import { RowLink } from "~/ui/RowLink";
import { useUpdatedColumn } from "~/ui/updated";
import { Due, isOverdue, type ProjectRow, ProjectStateBadge, TaskProgress } from "./-state";

export function useProjectColumns(): Column<ProjectRow>[] {
  const { t } = useTranslation();
  const { at, organization } = useWorkspace();
  const updated = useUpdatedColumn(true);
  return [
    {
      id: "name",
      label: t("projects.fields.name"),
      sortable: true,
      render: ({ id, name, code, customer }) => (
        <RowLink
          to={at(`/projects/${id}`)}
          name={name}
          second={customer ? `${code} · ${customer.name}` : code}
        />
      ),
    },
    {
      id: "code",
      quiet: true,
      label: t("projects.fields.code"),
      sortable: true,
      width: 110,
      render: ({ code }) => code,
    },
    {
      id: "customer",
      quiet: true,
      label: t("projects.fields.customer"),
      width: 180,
      render: ({ customer }) => customer?.name,
    },
    {
      id: "state",
      label: t("projects.fields.state"),
      width: 130,
      phone: true,
      render: ({ state }) => <ProjectStateBadge state={state} />,
    },
    {
      id: "progress",
      label: t("projects.fields.progress"),
      width: 140,
      render: (project) => <TaskProgress project={project} />,
    },
    {
      id: "due_on",
      label: t("projects.fields.due_on"),
      sortable: true,
      width: 140,
      render: (project) => <Due on={project.due_on} isLate={isOverdue(project, organization.time_zone)} />,
    },
    {
      id: "lead",
      quiet: true,
      optional: true,
      label: t("projects.fields.lead"),
      width: 160,
      render: ({ lead }) => lead?.name,
    },
    {
      id: "number",
      quiet: true,
      optional: true,
      label: t("projects.fields.number"),
      sortable: true,
      width: 96,
      render: ({ number }) => `#${number}`,
    },
    updated,
  ];
}
