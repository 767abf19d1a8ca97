import { useTranslation } from "react-i18next";
import type { Column } from "~/ui/DataTable";
import { hours } from "~/ui/duration";
import classes from "~/ui/marks.module.css";
import { Avatars } from "~/ui/people";
import { RowLink } from "~/ui/RowLink";
import { useUpdatedColumn } from "~/ui/updated";
import { Due } from "./-state";
import { PriorityMark, type TaskRow, TaskStateBadge } from "./-task-state";

/** Where the project is not the page one is on, its name stands beside the task. */
export function useTaskColumns(withProject: boolean): Column<TaskRow>[] {
  const { t } = useTranslation();
  const updated = useUpdatedColumn(true);
  return [
    {
      id: "title",
      label: t("tasks.fields.title"),
      sortable: true,
      render: ({ id, title, key, state }) => (
        <RowLink
          to="."
          search={(before) => ({ ...before, task: id })}
          name={title}
          second={`${key} · ${state.name}`}
        />
      ),
    },
    {
      id: "number",
      quiet: true,
      label: t("tasks.fields.key"),
      sortable: true,
      width: 96,
      render: ({ key }) => <span className={classes.key}>{key}</span>,
    },
    ...(withProject
      ? [
          {
            id: "project",
            quiet: true,
            label: t("tasks.fields.project"),
            width: 180,
            render: ({ project }: TaskRow) => project.name,
          },
        ]
      : []),
    {
      id: "state",
      label: t("tasks.fields.state"),
      width: 130,
      render: ({ state }) => <TaskStateBadge state={state} />,
    },
    {
      id: "priority",
      label: t("tasks.fields.priority"),
      sortable: true,
      startsDescending: true,
      width: 110,
      render: ({ priority }) => <PriorityMark priority={priority} />,
    },
    {
      id: "due_on",
      label: t("tasks.fields.due_on"),
      sortable: true,
      width: 130,
      phone: true,
      render: ({ due_on, overdue }) => <Due on={due_on} isLate={overdue} />,
    },
    {
      id: "assignees",
      label: t("tasks.fields.assignees"),
      width: 110,
      optional: withProject,
      render: ({ assignees }) => <Avatars people={assignees} />,
    },
    {
      id: "estimate",
      quiet: true,
      optional: true,
      align: "right",
      label: t("tasks.fields.estimate_seconds"),
      width: 100,
      render: ({ estimate_seconds }) => estimate_seconds !== null && hours(estimate_seconds),
    },
    updated,
  ];
}
