import { Anchor } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { useWorkspace } from "~/session/workspace";
import { hours } from "~/ui/duration";
import { DateFacts, Facts } from "~/ui/Facts";
import { date, money } from "~/ui/format";
import { Due, isOverdue, type Project, ProjectStateBadge, TaskProgress } from "./-state";

/** What one wants to know about a project at a glance. */
export function ProjectFacts({ project }: { project: Project }) {
  const { t } = useTranslation();
  const { at, can, organization, timeZone } = useWorkspace();
  const spent = useHours(project.id);
  const { customer, budget_seconds: budget, budget_amount: amount, currency } = project;
  const worked =
    budget === null ? hours(spent) : t("projects.hours", { spent: hours(spent), budget: hours(budget) });
  const customerLink = customer && (
    <Anchor component={Link} to={at(`/customers/${customer.id}`)} fz="sm">
      {customer.name}
    </Anchor>
  );
  return (
    <>
      <Facts
        facts={[
          { label: t("projects.fields.state"), value: <ProjectStateBadge state={project.state} /> },
          { label: t("projects.fields.progress"), value: <TaskProgress project={project} /> },
          { label: t("projects.fields.code"), value: project.code },
          {
            label: t("projects.fields.customer"),
            value: can("customers:read") ? customerLink : customer?.name,
          },
          { label: t("projects.fields.lead"), value: project.lead?.name },
          { label: t("projects.fields.starts_on"), value: project.starts_on && date(project.starts_on) },
          {
            label: t("projects.fields.due_on"),
            value: project.due_on && (
              <Due on={project.due_on} isLate={isOverdue(project, organization.time_zone)} />
            ),
          },
          ...(can("time:read") ? [{ label: t("projects.fields.hours"), value: worked }] : []),
          ...(can("reports:money")
            ? [{ label: t("projects.fields.budget_amount"), value: amount && money({ amount, currency }) }]
            : []),
          { label: t("projects.fields.billable"), value: t(project.billable ? "common.yes" : "common.no") },
        ]}
      />
      <DateFacts record={project} timeZone={timeZone} />
    </>
  );
}

/** The seconds worked on the project, as far as one may see them. */
function useHours(project_id: string): number {
  const { $api, can } = useWorkspace();
  const params = { query: { by: "project" as const, project_id } };
  const query = $api.useQuery("get", "/api/time-entries/sums", { params }, { enabled: can("time:read") });
  return query.data?.seconds ?? 0;
}
