import { Alert, Radio, Select, Table, Text } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { problemOf } from "~/api/problem";
import { invalidate } from "~/api/queries";
import type { components } from "~/api/schema.gen";
import { useWorkspace } from "~/session/workspace";
import { ifMatch } from "~/ui/archiving";
import { DrawerForm, FormDrawer } from "~/ui/FormDrawer";
import { labelOf, useSchemaForm } from "~/ui/form";
import { sentenceOf } from "~/ui/problems";
import { say, sayDone, sayProblem } from "~/ui/toast";
import type { Customer } from "./-CustomerForm";
import { useTwins } from "./-Twins";
import { useCustomerValue } from "./-values";

type Take = NonNullable<components["schemas"]["MergeIn"]["take"]>;
type Field = keyof Take & keyof Customer;

const FIELDS = [
  ...(["name", "kind", "company", "email", "phone", "vat_id", "buyer_reference", "language"] as const),
  ...(["currency", "payment_days", "tax_exempt", "credit_limit", "notes"] as const),
] satisfies Field[];

type MergeProps = { customer: Customer; opened: boolean; onClose: () => void };

/** Take another customer in, field by field; shows the result before it is. */
export function MergeCustomer({ customer, opened, onClose }: MergeProps) {
  const { t } = useTranslation();
  return (
    <FormDrawer title={t("customers.merge.title")} opened={opened} onClose={onClose}>
      <MergeForm customer={customer} onClose={onClose} />
    </FormDrawer>
  );
}

function MergeForm({ customer, onClose }: Omit<MergeProps, "opened">) {
  const { t } = useTranslation();
  const { $api, api, queryClient } = useWorkspace();
  const [take, setTake] = useState<Take>({});
  const form = useSchemaForm({
    model: "MergeIn",
    room: "customers",
    initial: { absorbed_id: "" },
    save: async ({ absorbed_id }) => {
      const params = { path: { customer_id: customer.id } };
      const body = { absorbed_id, take };
      const headers = ifMatch(customer.version);
      const { data } = await api.POST("/api/customers/{customer_id}/merge", { params, body, headers });
      onClose();
      await invalidate(queryClient, "/api/customers", "/api/audit");
      const names = { absorbed: data?.absorbed.name ?? "", survivor: data?.survivor.name ?? "" };
      sayDone(t("customers.merge.done", names), () => undo(data?.id ?? ""));
    },
  });

  async function undo(merge_id: string) {
    try {
      await api.POST("/api/customer-merges/{merge_id}/undo", { params: { path: { merge_id } } });
      say(t("customers.merge.undone"));
    } catch (error) {
      sayProblem(error);
    }
    await invalidate(queryClient, "/api/customers", "/api/audit");
  }

  const absorbedId = form.values.absorbed_id;
  const { data: absorbed } = $api.useQuery(
    "get",
    "/api/customers/{customer_id}",
    { params: { path: { customer_id: absorbedId } } },
    { enabled: absorbedId !== "" },
  );
  return (
    <DrawerForm form={form} submitLabel={t("customers.merge.submit")} onCancel={onClose}>
      <Text size="sm" c="dimmed">
        {t("customers.merge.text", { name: customer.name })}
      </Text>
      <AbsorbedSelect
        customer={customer}
        value={absorbedId}
        error={form.errors.absorbed_id as string | undefined}
        onChange={(id) => form.setFieldValue("absorbed_id", id)}
      />
      {absorbed && <Choice survivor={customer} absorbed={absorbed} take={take} setTake={setTake} />}
      {absorbed && <Preview survivor={customer} absorbedId={absorbed.id} take={take} />}
    </DrawerForm>
  );
}

type AbsorbedSelectProps = {
  customer: Customer;
  value: string;
  error: string | undefined;
  onChange: (id: string) => void;
};

/** Likely twins come first; anybody else is found by name, number or address. */
function AbsorbedSelect({ customer, value, error, onChange }: AbsorbedSelectProps) {
  const { t } = useTranslation();
  const { $api } = useWorkspace();
  const [typed, setTyped] = useState("");
  const [q] = useDebouncedValue(typed, 200);
  const { name, email, phone, vat_id } = customer;
  const known = { name, email: email ?? "", phone: phone ?? "", vat_id: vat_id ?? "" };
  const twins = useTwins(known, customer.id);
  const params = { query: { q: q || undefined, limit: 20 } };
  const { data } = $api.useQuery("get", "/api/customers", { params }, { placeholderData: keepPreviousData });
  const found = [...(q ? [] : twins), ...(data?.items ?? [])].filter(({ id }) => id !== customer.id);
  const options = new Map(found.map((each) => [each.id, `${each.name} · #${each.number}`]));
  return (
    <Select
      label={t("customers.merge.absorbed")}
      placeholder={t("customers.merge.choose")}
      required
      data-autofocus
      searchable
      value={value || null}
      error={error}
      onChange={(next) => onChange(next ?? "")}
      onSearchChange={setTyped}
      filter={({ options: all }) => all}
      data={[...options].map(([id, label]) => ({ value: id, label }))}
      nothingFoundMessage={t("common.noMatch.title")}
    />
  );
}

type ChoiceProps = {
  survivor: Customer;
  absorbed: Customer;
  take: Take;
  setTake: (take: Take) => void;
};

/** The fields in which the two differ, one value each. */
function Choice({ survivor, absorbed, take, setTake }: ChoiceProps) {
  const { t } = useTranslation();
  const readable = useCustomerValue(survivor.currency);
  const differing = FIELDS.filter((name) => survivor[name] !== absorbed[name]);
  if (differing.length === 0) return <Text size="sm">{t("customers.merge.same")}</Text>;
  const shown = (customer: Customer, name: Field) =>
    customer[name] === null || customer[name] === "" ? t("common.none") : readable(name, customer[name]);
  return (
    <Table aria-label={t("customers.merge.title")} verticalSpacing={8}>
      <Table.Thead>
        <Table.Tr>
          <Table.Th scope="col">{t("customers.merge.field")}</Table.Th>
          <Table.Th scope="col">#{survivor.number}</Table.Th>
          <Table.Th scope="col">#{absorbed.number}</Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {differing.map((name) => (
          <Table.Tr key={name}>
            <Table.Th scope="row">{labelOf("customers", name)}</Table.Th>
            {([survivor, absorbed] as const).map((customer, index) => {
              const side = index === 0 ? "survivor" : "absorbed";
              return (
                <Table.Td key={side}>
                  <Radio
                    name={`take-${name}`}
                    size="xs"
                    label={shown(customer, name)}
                    checked={(take[name] ?? "survivor") === side}
                    onChange={() => setTake({ ...take, [name]: side })}
                  />
                </Table.Td>
              );
            })}
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  );
}

/** The server merges and takes it back: what would be refused is known before. */
function Preview({ survivor, absorbedId, take }: { survivor: Customer; absorbedId: string; take: Take }) {
  const { t } = useTranslation();
  const { api, slug } = useWorkspace();
  const { data, error } = useQuery({
    queryKey: ["dry_run", "merge", slug, survivor.id, absorbedId, take],
    gcTime: 0,
    retry: false,
    queryFn: async () => {
      const params = { path: { customer_id: survivor.id }, query: { dry_run: true } };
      const body = { absorbed_id: absorbedId, take };
      return (await api.POST("/api/customers/{customer_id}/merge", { params, body })).data;
    },
  });
  if (error) return <Alert color="red">{sentenceOf(problemOf(error))}</Alert>;
  if (!data) return null;
  const { name, email, phone } = data.survivor;
  return (
    <Alert color="gray" title={t("customers.merge.after")} role="status">
      {[name, email, phone].filter(Boolean).join(" · ")}
    </Alert>
  );
}
