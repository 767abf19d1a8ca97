import { Select, SimpleGrid, Textarea, TextInput } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { invalidate } from "~/api/queries";
import type { components } from "~/api/schema.gen";
import { useWorkspace } from "~/session/workspace";
import { ifMatch } from "~/ui/archiving";
import { countries } from "~/ui/choices";
import { useConflict } from "~/ui/conflict";
import { FormDrawer } from "~/ui/FormDrawer";
import { bodyOf, changesOf, useIdempotencyKey, useSchemaForm } from "~/ui/form";
import { PartForm, type PartFormProps, type PartPanelProps } from "./-PartForm";
import { usePartValue } from "./-values";

export type Address = components["schemas"]["AddressOut"];

export function AddressPanel({ customerId, part, opened, onClose }: PartPanelProps<Address>) {
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

function AddressForm({ customerId, part, onClose }: PartFormProps<Address>) {
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
  const [version] = useState(part?.version ?? 0);
  const path = { customer_id: customerId, address_id: part?.id ?? "" };
  const { saveOver, dialog } = useConflict({ room: "customers", initial, readable: usePartValue() });
  const form = useSchemaForm({
    model: "AddressIn",
    room: "customers",
    initial,
    save: async (values) => {
      const body = (part ? changesOf(values, initial) : bodyOf(values)) as never;
      const address = "/api/customers/{customer_id}/addresses/{address_id}";
      if (part)
        await saveOver(values, version, (over) =>
          api.PATCH(address, { params: { path }, body, headers: ifMatch(over) }),
        );
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
      dialog={dialog}
    >
      <Select {...form.field("kind")} label={t("customers.addresses.kind")} data={kinds} data-autofocus />
      <Textarea {...form.field("lines")} autosize minRows={2} maxRows={6} autoComplete="off" />
      <SimpleGrid cols={2} spacing="md">
        <TextInput {...form.field("postal_code")} autoComplete="off" />
        <TextInput {...form.field("city")} autoComplete="off" />
        <TextInput {...form.field("region")} autoComplete="off" />
        <Select {...country} value={country.value || null} data={countries()} searchable clearable />
      </SimpleGrid>
    </PartForm>
  );
}
