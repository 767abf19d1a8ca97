import { SegmentedControl, Select, SimpleGrid, Switch, Textarea, TextInput } from "@mantine/core";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { invalidate } from "~/api/queries";
import type { components } from "~/api/schema.gen";
import { useWorkspace } from "~/session/workspace";
import { ifMatch } from "~/ui/archiving";
import { currencies, languagesOfLetters } from "~/ui/choices";
import { useConflict } from "~/ui/conflict";
import { DrawerForm, FormDrawer } from "~/ui/FormDrawer";
import { bodyOf, changesOf, useIdempotencyKey, useSchemaForm } from "~/ui/form";
import { MoneyInput } from "~/ui/MoneyInput";
import { say } from "~/ui/toast";
import { Twins } from "./-Twins";
import { useCustomerValue } from "./-values";

export type Customer = components["schemas"]["CustomerOut"];

const blank = {
  kind: "company" as "company" | "person",
  name: "",
  company: "",
  email: "",
  phone: "",
  vat_id: "",
  buyer_reference: "",
  language: "",
  currency: "",
  payment_days: "14",
  credit_limit: "",
  tax_exempt: false,
  notes: "",
};
type Values = typeof blank;

const valuesOf = (customer: Customer): Values => ({
  kind: customer.kind,
  name: customer.name,
  company: customer.company ?? "",
  email: customer.email ?? "",
  phone: customer.phone ?? "",
  vat_id: customer.vat_id ?? "",
  buyer_reference: customer.buyer_reference ?? "",
  language: customer.language ?? "",
  currency: customer.currency,
  payment_days: String(customer.payment_days),
  credit_limit: customer.credit_limit ?? "",
  tax_exempt: customer.tax_exempt,
  notes: customer.notes ?? "",
});

/** The server wants the days as a number, forms hold text. */
const withDays = <B extends { payment_days?: string | null }>(body: B) =>
  ("payment_days" in body ? { ...body, payment_days: Number(body.payment_days) } : body) as never;

type PanelProps = { opened: boolean; onClose: () => void };

export function NewCustomer({ opened, onClose }: PanelProps) {
  const { t } = useTranslation();
  return (
    <FormDrawer title={t("customers.new")} opened={opened} onClose={onClose}>
      <CreateForm onClose={onClose} />
    </FormDrawer>
  );
}

export function EditCustomer({ customer, opened, onClose }: PanelProps & { customer: Customer }) {
  const { t } = useTranslation();
  return (
    <FormDrawer title={t("customers.edit")} opened={opened} onClose={onClose}>
      <EditForm customer={customer} onClose={onClose} />
    </FormDrawer>
  );
}

function CreateForm({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation();
  const { at, api, queryClient, organization } = useWorkspace();
  const navigate = useNavigate();
  const keyFor = useIdempotencyKey();
  const [another, setAnother] = useState(false);
  const form = useSchemaForm({
    model: "CustomerIn",
    room: "customers",
    initial: { ...blank, currency: organization.currency },
    save: async (values) => {
      const body = withDays(bodyOf(values));
      const { data } = await api.POST("/api/customers", {
        body,
        headers: { "Idempotency-Key": keyFor(body) },
      });
      await invalidate(queryClient, "/api/customers");
      say(t("customers.created", { name: values.name }), {
        label: t("common.open"),
        run: () => navigate({ to: at(`/customers/${data?.id}`) }),
      });
      if (another) form.restart();
      else onClose();
    },
  });
  return (
    <DrawerForm
      form={form}
      submitLabel={t("customers.create")}
      onCancel={onClose}
      aside={
        <Switch
          size="xs"
          label={t("common.createAnother")}
          checked={another}
          onChange={(event) => setAnother(event.currentTarget.checked)}
        />
      }
    >
      <Fields form={form} />
      <Twins values={form.values} />
    </DrawerForm>
  );
}

function EditForm({ customer, onClose }: { customer: Customer; onClose: () => void }) {
  const { t } = useTranslation();
  const { api, queryClient } = useWorkspace();
  const [initial] = useState(() => valuesOf(customer));
  const [version] = useState(customer.version);
  const readable = useCustomerValue(customer.currency);
  const { saveOver, dialog } = useConflict({ room: "customers", initial, readable });
  const form = useSchemaForm({
    model: "CustomerIn",
    room: "customers",
    initial,
    save: async (values) => {
      const body = withDays(changesOf(values, initial));
      const path = { customer_id: customer.id };
      await saveOver(values, version, (over) =>
        api.PATCH("/api/customers/{customer_id}", { params: { path }, body, headers: ifMatch(over) }),
      );
      await invalidate(queryClient, "/api/customers", "/api/audit");
      onClose();
    },
  });
  return (
    <>
      <DrawerForm form={form} submitLabel={t("common.save")} onCancel={onClose}>
        <Fields form={form} />
        <Twins values={form.values} besides={customer.id} />
      </DrawerForm>
      {dialog}
    </>
  );
}

function Fields({ form }: { form: ReturnType<typeof useSchemaForm<Values>> }) {
  const { t } = useTranslation();
  const kind = form.field("kind");
  const language = form.field("language");
  const currency = form.field("currency");
  return (
    <>
      <SegmentedControl
        fullWidth
        aria-label={kind.label}
        value={kind.value}
        onChange={kind.onChange}
        data={(["company", "person"] as const).map((value) => ({
          value,
          label: t(`customers.kinds.${value}`),
        }))}
      />
      <TextInput {...form.field("name")} data-autofocus autoComplete="off" />
      {form.values.kind === "person" && <TextInput {...form.field("company")} autoComplete="off" />}
      <SimpleGrid cols={2} spacing="md">
        <TextInput {...form.field("email")} type="email" autoComplete="off" />
        <TextInput {...form.field("phone")} type="tel" autoComplete="off" />
        <TextInput {...form.field("vat_id")} autoComplete="off" />
        <TextInput {...form.field("buyer_reference")} autoComplete="off" />
        <Select
          {...language}
          value={language.value || null}
          onChange={(value) => language.onChange(value ?? "")}
          data={languagesOfLetters()}
          searchable
          clearable
          allowDeselect
        />
        <Select {...currency} value={currency.value || null} data={currencies()} searchable />
        <TextInput
          {...form.field("payment_days")}
          inputMode="numeric"
          rightSection={<span className="suffix">{t("customers.daysShort")}</span>}
          rightSectionWidth={56}
        />
        <MoneyInput {...form.field("credit_limit")} currency={form.values.currency} />
      </SimpleGrid>
      <Switch {...form.check("tax_exempt")} />
      <Textarea {...form.field("notes")} autosize minRows={3} maxRows={10} />
    </>
  );
}
