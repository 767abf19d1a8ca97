import { Checkbox, SimpleGrid, TextInput } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { invalidate } from "~/api/queries";
import type { components } from "~/api/schema.gen";
import { useWorkspace } from "~/session/workspace";
import { ifMatch } from "~/ui/archiving";
import { useConflict } from "~/ui/conflict";
import { FormDrawer } from "~/ui/FormDrawer";
import { bodyOf, changesOf, useIdempotencyKey, useSchemaForm } from "~/ui/form";
import { PartForm, type PartFormProps, type PartPanelProps } from "./-PartForm";
import { usePartValue } from "./-values";

export type Contact = components["schemas"]["ContactOut"];

export function ContactPanel({ customerId, part, opened, onClose }: PartPanelProps<Contact>) {
  const { t } = useTranslation();
  return (
    <FormDrawer
      title={t(part ? "customers.contacts.edit" : "customers.contacts.new")}
      opened={opened}
      onClose={onClose}
    >
      <ContactForm customerId={customerId} part={part} onClose={onClose} />
    </FormDrawer>
  );
}

function ContactForm({ customerId, part, onClose }: PartFormProps<Contact>) {
  const { api, queryClient } = useWorkspace();
  const keyFor = useIdempotencyKey();
  const [initial] = useState(() => ({
    name: part?.name ?? "",
    role: part?.role ?? "",
    email: part?.email ?? "",
    phone: part?.phone ?? "",
    is_primary: part?.is_primary ?? false,
    receives_invoices: part?.receives_invoices ?? false,
  }));
  const [version] = useState(part?.version ?? 0);
  const path = { customer_id: customerId, contact_id: part?.id ?? "" };
  const { saveOver, dialog } = useConflict({ room: "customers", initial, readable: usePartValue() });
  const form = useSchemaForm({
    model: "ContactIn",
    room: "customers",
    initial,
    save: async (values) => {
      const body = (part ? changesOf(values, initial) : bodyOf(values)) as never;
      const contact = "/api/customers/{customer_id}/contacts/{contact_id}";
      if (part)
        await saveOver(values, version, (over) =>
          api.PATCH(contact, { params: { path }, body, headers: ifMatch(over) }),
        );
      else
        await api.POST("/api/customers/{customer_id}/contacts", {
          params: { path },
          body,
          headers: { "Idempotency-Key": keyFor(body) },
        });
      await invalidate(queryClient, "/api/customers", "/api/audit");
      onClose();
    },
  });
  const remove = () => api.DELETE("/api/customers/{customer_id}/contacts/{contact_id}", { params: { path } });
  return (
    <PartForm form={form} name={part?.name} remove={remove} onClose={onClose} dialog={dialog}>
      <TextInput {...form.field("name")} data-autofocus autoComplete="off" />
      <TextInput {...form.field("role")} autoComplete="off" />
      <SimpleGrid cols={2} spacing="md">
        <TextInput {...form.field("email")} type="email" autoComplete="off" />
        <TextInput {...form.field("phone")} type="tel" autoComplete="off" />
      </SimpleGrid>
      <Checkbox {...form.check("is_primary")} />
      <Checkbox {...form.check("receives_invoices")} />
    </PartForm>
  );
}
