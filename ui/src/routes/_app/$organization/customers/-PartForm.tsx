import { Button, Checkbox, Select, SimpleGrid, Textarea, TextInput } from "@mantine/core";
import { IconTrash } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { invalidate } from "~/api/queries";
import type { components } from "~/api/schema.gen";
import { useWorkspace } from "~/session/workspace";
import { ifMatch } from "~/ui/archiving";
import { ask } from "~/ui/ask";
import { countries } from "~/ui/choices";
import { DrawerForm, FormDrawer } from "~/ui/FormDrawer";
import { bodyOf, changesOf, useIdempotencyKey, useSchemaForm } from "~/ui/form";
import { sayProblem } from "~/ui/toast";

export type Contact = components["schemas"]["ContactOut"];
export type Address = components["schemas"]["AddressOut"];

type PartProps<P> = { customerId: string; part?: P; opened: boolean; onClose: () => void };

export function ContactPanel({ customerId, part, opened, onClose }: PartProps<Contact>) {
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

export function AddressPanel({ customerId, part, opened, onClose }: PartProps<Address>) {
  const { t } = useTranslation();
  return (
    <FormDrawer
      title={t(part ? "customers.addresses.edit" : "customers.addresses.new")}
      opened={opened}
      onClose={onClose}
    >
      <AddressForm customerId={customerId} part={part} onClose={onClose} />
    </FormDrawer>
  );
}

type FormProps<P> = Omit<PartProps<P>, "opened">;

function ContactForm({ customerId, part, onClose }: FormProps<Contact>) {
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
  const path = { customer_id: customerId, contact_id: part?.id ?? "" };
  const form = useSchemaForm({
    model: "ContactIn",
    room: "customers",
    initial,
    save: async (values) => {
      const body = (part ? changesOf(values, initial) : bodyOf(values)) as never;
      const contact = "/api/customers/{customer_id}/contacts/{contact_id}";
      if (part) await api.PATCH(contact, { params: { path }, body, headers: ifMatch(part.version) });
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
    <PartForm form={form} name={part?.name} remove={remove} onClose={onClose}>
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

function AddressForm({ customerId, part, onClose }: FormProps<Address>) {
  const { t } = useTranslation();
  const { api, queryClient } = useWorkspace();
  const keyFor = useIdempotencyKey();
  const [initial] = useState(() => ({
    kind: part?.kind ?? ("billing" as "billing" | "shipping"),
    lines: part?.lines ?? "",
    postal_code: part?.postal_code ?? "",
    city: part?.city ?? "",
    region: part?.region ?? "",
    country: part?.country ?? "",
  }));
  const path = { customer_id: customerId, address_id: part?.id ?? "" };
  const form = useSchemaForm({
    model: "AddressIn",
    room: "customers",
    initial,
    save: async (values) => {
      const body = (part ? changesOf(values, initial) : bodyOf(values)) as never;
      const address = "/api/customers/{customer_id}/addresses/{address_id}";
      if (part) await api.PATCH(address, { params: { path }, body, headers: ifMatch(part.version) });
      else
        await api.POST("/api/customers/{customer_id}/addresses", {
          params: { path },
          body,
          headers: { "Idempotency-Key": keyFor(body) },
        });
      await invalidate(queryClient, "/api/customers", "/api/audit");
      onClose();
    },
  });
  const remove = () =>
    api.DELETE("/api/customers/{customer_id}/addresses/{address_id}", { params: { path } });
  const country = form.field("country");
  const kinds = (["billing", "shipping"] as const).map((value) => ({
    value,
    label: t(`customers.addresses.${value}`),
  }));
  return (
    <PartForm
      form={form}
      name={part && t(`customers.addresses.${part.kind}`)}
      remove={remove}
      onClose={onClose}
    >
      <Select {...form.field("kind")} label={t("customers.addresses.kind")} data={kinds} data-autofocus />
      <Textarea {...form.field("lines")} autosize minRows={2} maxRows={6} autoComplete="off" />
      <SimpleGrid cols={2} spacing="md">
        <TextInput {...form.field("postal_code")} autoComplete="off" />
        <TextInput {...form.field("city")} autoComplete="off" />
        <TextInput {...form.field("region")} autoComplete="off" />
        <Select {...country} value={country.value || null} data={countries()} searchable />
      </SimpleGrid>
    </PartForm>
  );
}

type PartFormProps = {
  form: Parameters<typeof DrawerForm>[0]["form"];
  /** Of the part that can be deleted; a new one has none. */
  name?: string;
  remove: () => Promise<unknown>;
  onClose: () => void;
  children: React.ReactNode;
};

function PartForm({ form, name, remove, onClose, children }: PartFormProps) {
  const { t } = useTranslation();
  const { queryClient } = useWorkspace();
  const askAndRemove = async () => {
    const question = {
      title: t("common.delete.title", { name }),
      text: t("common.delete.text"),
      confirm: t("common.delete.confirm"),
      isDangerous: true,
    };
    if (!(await ask(question))) return;
    try {
      await remove();
      onClose();
    } catch (error) {
      sayProblem(error);
    } finally {
      await invalidate(queryClient, "/api/customers", "/api/audit");
    }
  };
  return (
    <DrawerForm
      form={form}
      submitLabel={t("common.save")}
      onCancel={onClose}
      aside={
        name && (
          <Button variant="subtle" color="red" leftSection={<IconTrash size={16} />} onClick={askAndRemove}>
            {t("common.delete.confirm")}
          </Button>
        )
      }
    >
      {children}
    </DrawerForm>
  );
}
