import { Select, type SelectProps } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { keepPreviousData } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { invalidate } from "~/api/queries";
import { useWorkspace } from "~/session/workspace";
import { sayProblem } from "../toast";
import { type About, subjectOf } from "./entries";

type SubjectSelectProps = Omit<SelectProps, "value" | "onChange" | "data"> & {
  value: About | null;
  onChange: (about: About) => void;
};

const NEW = "new";
const LONGEST_CODE = 32;
const MOST = 20;
const keyOf = ({ project, task }: About) => task?.id ?? project.id;

/** A project or one of the open tasks, found by the server; a project that is missing is made here. */
export function SubjectSelect({ value, onChange, ...rest }: SubjectSelectProps) {
  const { t } = useTranslation();
  const { api, can, queryClient } = useWorkspace();
  const [typed, setTyped] = useState("");
  const [isCreating, setIsCreating] = useState(false);
  const name = typed.trim();
  const { projects, tasks } = useFound(value && name === subjectOf(value) ? "" : name);
  const choices = new Map(
    [...projects, ...tasks, ...(value ? [value] : [])].map((each) => [keyOf(each), each]),
  );
  const items = (abouts: About[]) => abouts.map((each) => ({ value: keyOf(each), label: subjectOf(each) }));
  const isKnown = [...choices.values()].some(
    (each) => subjectOf(each) === name || each.project.code === name,
  );
  const mayCreate = can("projects:write") && name !== "" && name.length <= LONGEST_CODE && !isKnown;
  const isFound = value && [...projects, ...tasks].some((each) => keyOf(each) === keyOf(value));

  async function create() {
    const { data } = await api.POST("/api/projects", {
      body: { code: name, name, state: "active", billable: true },
    });
    await invalidate(queryClient, "/api/projects");
    if (data) onChange({ project: data, task: null });
  }
  const take = (key: string | null) => {
    if (key === NEW) {
      setIsCreating(true);
      return create()
        .catch(sayProblem)
        .finally(() => setIsCreating(false));
    }
    const chosen = key && choices.get(key);
    if (chosen) onChange(chosen);
  };
  return (
    <Select
      {...rest}
      label={rest.label ?? t("timesheets.fields.project_id")}
      placeholder={t("timesheets.subject.placeholder")}
      searchable
      aria-busy={isCreating || undefined}
      value={value && keyOf(value)}
      onChange={take}
      onSearchChange={setTyped}
      filter={({ options }) => options}
      nothingFoundMessage={t("common.noMatch.title")}
      maxDropdownHeight={280}
      data={[
        ...(value && !isFound ? items([value]) : []),
        { group: t("timesheets.subject.projects"), items: items(projects) },
        { group: t("timesheets.subject.tasks"), items: items(tasks) },
        ...(mayCreate ? [{ value: NEW, label: t("timesheets.subject.create", { name }) }] : []),
      ]}
    />
  );
}

function useFound(text: string): { projects: About[]; tasks: About[] } {
  const { $api } = useWorkspace();
  const [q] = useDebouncedValue(text || undefined, 200);
  const keep = { placeholderData: keepPreviousData };
  const projects = $api.useQuery("get", "/api/projects", { params: { query: { q, limit: MOST } } }, keep);
  const tasks = $api.useQuery(
    "get",
    "/api/tasks",
    { params: { query: { q, is_open: true, limit: MOST } } },
    keep,
  );
  return {
    projects: (projects.data?.items ?? []).map((project) => ({ project, task: null })),
    tasks: (tasks.data?.items ?? []).map(({ project, id, number, key, title }) => ({
      project,
      task: { id, number, code: key, title },
    })),
  };
}
