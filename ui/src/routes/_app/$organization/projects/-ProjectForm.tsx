import { Select, SimpleGrid, Switch, TextInput } from "@mantine/core";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Problem } from "~/api/problem";
import { invalidate } from "~/api/queries";
import { useWorkspace } from "~/session/workspace";
import { ifMatch } from "~/ui/archiving";
import { useConflict } from "~/ui/conflict";
import { hours, parseEffort } from "~/ui/duration";
import { DrawerForm, FormDrawer } from "~/ui/FormDrawer";
import { bodyOf, changesOf, useIdempotencyKey, useSchemaForm } from "~/ui/form";
import { MoneyInput } from "~/ui/MoneyInput";
import { PersonSelect } from "~/ui/people";
import { CustomerSelect } from "~/ui/SearchSelect";
import { say } from "~/ui/toast";
import { type Project, type ProjectState, STATES } from "./-state";
import { useProjectField } from "./-values";

const blank = {
  name: "",
  code: "",
  customer_id: "",
  state: "active" as ProjectState,
  lead_id: "",
  starts_on: "",
  due_on: "",
  budget_hours: "",
  budget_amount: "",
  billable: true,
};
type Values = typeof blank;

const valuesOf = (project: Project): Values => ({
  name: project.name,
  code: project.code,
  customer_id: project.customer?.id ?? "",
  state: project.state,
  lead_id: project.lead?.id ?? "",
  starts_on: project.starts_on ?? "",
  due_on: project.due_on ?? "",
  budget_hours: project.budget_seconds === null ? "" : hours(project.budget_seconds),
  budget_amount: project.budget_amount ?? "",
  billable: project.billable,
});

/** The server wants seconds; people type hours and minutes. */
function withSeconds<B extends { budget_hours?: string | null }>({ budget_hours, ...body }: B) {
  if (budget_hours === undefined) return body;
  const budget_seconds = budget_hours === null ? null : parseEffort(budget_hours);
  if (budget_hours !== null && budget_seconds === null)
    throw Problem.atField("budget_hours", "duration_expected");
  return { ...body, budget_seconds };
}

type PanelProps = { opened: boolean; onClose: () => void };

export function NewProject({ opened, onClose }: PanelProps) {
  const { t } = useTranslation();
  return (
    <FormDrawer title={t("projects.new")} opened={opened} onClose={onClose}>
      <CreateForm onClose={onClose} />
    </FormDrawer>
  );
}

export function EditProject({ project, opened, onClose }: PanelProps & { project: Project }) {
  const { t } = useTranslation();
  return (
    <FormDrawer title={t("projects.edit")} opened={opened} onClose={onClose}>
      <EditForm project={project} onClose={onClose} />
    </FormDrawer>
  );
}

function CreateForm({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation();
  const { at, api, queryClient, organization, can } = useWorkspace();
  const navigate = useNavigate();
  const keyFor = useIdempotencyKey();
  const form = useSchemaForm({
    model: "ProjectIn",
    room: "projects",
    initial: blank,
    save: async (values) => {
      const { budget_amount, ...rest } = withSeconds(bodyOf(values));
      const body = (can("reports:money") ? { ...rest, budget_amount } : rest) as never;
      const headers = { "Idempotency-Key": keyFor(body) };
      const { data } = await api.POST("/api/projects", { body, headers });
      await invalidate(queryClient, "/api/projects");
      onClose();
      say(t("projects.created", { name: values.name }), {
        label: t("common.open"),
        run: () => navigate({ to: at(`/projects/${data?.id}`) }),
      });
    },
  });
  return (
    <DrawerForm form={form} submitLabel={t("projects.create")} onCancel={onClose}>
      <Fields form={form} currency={organization.currency} />
    </DrawerForm>
  );
}

function EditForm({ project, onClose }: { project: Project; onClose: () => void }) {
  const { t } = useTranslation();
  const { api, queryClient } = useWorkspace();
  const [initial] = useState(() => valuesOf(project));
  const [version] = useState(project.version);
  const readable = useProjectField(project.currency, project.lead);
  const { saveOver, dialog } = useConflict({ room: "projects", initial, readable, valuesOf });
  const form = useSchemaForm({
    model: "ProjectIn",
    room: "projects",
    initial,
    save: async (values) => {
      const body = withSeconds(changesOf(values, initial)) as never;
      const path = { project_id: project.id };
      await saveOver(values, version, (over) =>
        api.PATCH("/api/projects/{project_id}", { params: { path }, body, headers: ifMatch(over) }),
      );
      await invalidate(queryClient, "/api/projects", "/api/tasks", "/api/audit");
      onClose();
    },
  });
  return (
    <>
      <DrawerForm form={form} submitLabel={t("common.save")} onCancel={onClose}>
        <Fields form={form} project={project} currency={project.currency} />
      </DrawerForm>
      {dialog}
    </>
  );
}

type FieldsProps = {
  form: ReturnType<typeof useSchemaForm<Values>>;
  project?: Project;
  currency: string;
};

function Fields({ form, project, currency }: FieldsProps) {
  const { t } = useTranslation();
  const { can } = useWorkspace();
  const customer = project?.customer ?? null;
  const state = form.field("state");
  const lead = form.field("lead_id");
  return (
    <>
      <TextInput {...form.field("name")} data-autofocus autoComplete="off" />
      <SimpleGrid cols={2} spacing="md">
        <TextInput {...form.field("code")} autoComplete="off" />
        <Select {...state} data={STATES.map((value) => ({ value, label: t(`projects.states.${value}`) }))} />
      </SimpleGrid>
      {can("customers:read") && (
        <CustomerSelect
          {...form.field("customer_id")}
          known={customer && { value: customer.id, label: customer.name }}
        />
      )}
      <PersonSelect
        {...lead}
        value={lead.value || null}
        onChange={(value) => lead.onChange(value ?? "")}
        named={project?.lead ?? null}
      />
      <SimpleGrid cols={2} spacing="md">
        <TextInput {...form.field("starts_on")} type="date" />
        <TextInput {...form.field("due_on")} type="date" min={form.values.starts_on || undefined} />
        <TextInput
          {...form.field("budget_hours")}
          placeholder="120:00"
          autoComplete="off"
          rightSection={<span className="suffix">h</span>}
        />
        {can("reports:money") && <MoneyInput {...form.field("budget_amount")} currency={currency} />}
      </SimpleGrid>
      <Switch {...form.check("billable")} />
    </>
  );
}
