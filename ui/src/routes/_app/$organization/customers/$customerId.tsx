import { Alert, Anchor, Button } from "@mantine/core";
import { IconArrowMerge, IconPencil } from "@tabler/icons-react";
import { createFileRoute, Link, type SearchSchemaInput } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { useWorkspace } from "~/session/workspace";
import { useCommands } from "~/ui/commands";
import { Explained, useRefusal } from "~/ui/Explained";
import { DateFacts, Facts, Section } from "~/ui/Facts";
import { RecordMenu } from "~/ui/RecordMenu";
import { RecordPage } from "~/ui/RecordPage";
import { RecordQuery } from "~/ui/RecordQuery";
import { oneOf } from "~/ui/table-search";
import { AddressPanel } from "./-AddressForm";
import { useCustomerArchiving } from "./-archiving";
import { ContactPanel } from "./-ContactForm";
import { type Customer, EditCustomer } from "./-CustomerForm";
import { MergeCustomer } from "./-MergeCustomer";
import { Addresses, Contacts } from "./-Parts";
import { Timeline } from "./-Timeline";
import { useCustomerValue } from "./-values";

/** `panel` is `edit`, `merge`, `contact:new`, `contact:<id>`, `address:new` or `address:<id>`. */
type Search = { tab?: "history"; panel?: string };

export const Route = createFileRoute("/_app/$organization/customers/$customerId")({
  validateSearch: (raw: Search & SearchSchemaInput): Search => ({
    tab: oneOf(raw.tab, ["history"]),
    panel: typeof raw.panel === "string" ? raw.panel : undefined,
  }),
  component: CustomerRecord,
});

function CustomerRecord() {
  const { $api } = useWorkspace();
  const { customerId } = Route.useParams();
  const params = { path: { customer_id: customerId } };
  const query = $api.useQuery("get", "/api/customers/{customer_id}", { params });
  return (
    <RecordQuery query={query}>
      {(customer) => <CustomerPage key={customer.id} customer={customer} />}
    </RecordQuery>
  );
}

function CustomerPage({ customer }: { customer: Customer }) {
  const { t } = useTranslation();
  const { at, can, timeZone } = useWorkspace();
  const { tab, panel } = Route.useSearch();
  const navigate = Route.useNavigate();
  const archiving = useCustomerArchiving();
  const mayWrite = can("customers:write");
  const reason = useRefusal()("customers:write");
  const readable = useCustomerValue(customer.currency);
  const open = (next?: string) => navigate({ search: (before) => ({ ...before, panel: next }) });
  useCommands(
    () =>
      mayWrite
        ? [
            {
              id: "record.edit",
              group: "record",
              keys: "e",
              label: t("customers.edit"),
              run: () => open("edit"),
            },
          ]
        : [],
    [t, mayWrite, customer.id],
  );
  const mayMerge = can("customers:merge") && !customer.merged_into_id;
  const merge = {
    label: t("customers.merge.action"),
    icon: <IconArrowMerge size={16} />,
    run: () => open("merge"),
  };
  const history = {
    id: "history",
    label: t("customers.timeline"),
    content: <Timeline id={customer.id} readable={readable} />,
  };
  return (
    <RecordPage
      list={{ name: "customers", to: at("/customers"), label: t("customers.title") }}
      record={customer}
      actions={
        <>
          <Explained reason={reason}>
            <Button variant="default" leftSection={<IconPencil size={16} />} onClick={() => open("edit")}>
              {t("common.edit")}
            </Button>
          </Explained>
          <RecordMenu record={customer} reason={reason} {...archiving} more={mayMerge ? [merge] : []} />
        </>
      }
      tab={tab ?? "overview"}
      setTab={(next) => navigate({ search: { tab: oneOf(next, ["history"]) }, replace: true })}
      tabs={[
        {
          id: "overview",
          label: t("common.overview"),
          content: (
            <>
              {customer.merged_into_id && <MergedInto id={customer.merged_into_id} />}
              <Overview customer={customer} open={open} />
            </>
          ),
        },
        history,
      ]}
      aside={<DateFacts record={customer} timeZone={timeZone} />}
    >
      <EditCustomer customer={customer} opened={panel === "edit"} onClose={() => open()} />
      <MergeCustomer customer={customer} opened={panel === "merge"} onClose={() => open()} />
      <PartPanels customer={customer} panel={panel ?? ""} close={() => open()} />
    </RecordPage>
  );
}

/** Where an absorbed customer's story goes on. */
function MergedInto({ id }: { id: string }) {
  const { t } = useTranslation();
  const { $api, at } = useWorkspace();
  const params = { path: { customer_id: id } };
  const { data } = $api.useQuery("get", "/api/customers/{customer_id}", { params });
  if (!data) return null;
  return (
    <Alert color="gray" mb="lg" title={t("customers.merge.into", { name: data.name })}>
      <Link to={at(`/customers/${id}`)}>{t("customers.merge.show", { name: data.name })}</Link>
    </Alert>
  );
}

type OverviewProps = { customer: Customer; open: (panel: string) => void };

function Overview({ customer, open }: OverviewProps) {
  const { t } = useTranslation();
  const readable = useCustomerValue(customer.currency);
  const fact = (name: keyof Customer & string) => ({
    label: t(`customers.fields.${name}` as never) as unknown as string,
    value: customer[name] === null ? null : readable(name, customer[name]),
  });
  const email = customer.email && (
    <Anchor href={`mailto:${customer.email}`} fz="sm">
      {customer.email}
    </Anchor>
  );
  const phone = customer.phone && (
    <Anchor href={`tel:${customer.phone}`} fz="sm">
      {customer.phone}
    </Anchor>
  );
  return (
    <>
      <Section title={t("customers.sections.details")}>
        <Facts
          facts={[
            fact("kind"),
            ...(customer.company ? [fact("company")] : []),
            { ...fact("email"), value: email },
            { ...fact("phone"), value: phone },
            fact("language"),
            fact("notes"),
          ]}
        />
      </Section>
      <Contacts customer={customer} open={open} />
      <Addresses customer={customer} open={open} />
      <Section title={t("customers.sections.billing")}>
        <Facts
          facts={[
            fact("currency"),
            fact("payment_days"),
            fact("vat_id"),
            fact("buyer_reference"),
            fact("tax_exempt"),
            fact("credit_limit"),
          ]}
        />
      </Section>
    </>
  );
}

type PartPanelsProps = { customer: Customer; panel: string; close: () => void };

/** The forms stay mounted while they slide out, with the part they showed. */
function PartPanels({ customer, panel, close }: PartPanelsProps) {
  const [kind, id] = panel.split(":");
  const contact = customer.contacts.find((each) => each.id === id);
  const address = customer.addresses.find((each) => each.id === id);
  const isOpen = (wanted: string, part: unknown) => kind === wanted && (id === "new" || part !== undefined);
  return (
    <>
      <ContactPanel
        customerId={customer.id}
        part={contact}
        opened={isOpen("contact", contact)}
        onClose={close}
      />
      <AddressPanel
        customerId={customer.id}
        part={address}
        opened={isOpen("address", address)}
        onClose={close}
      />
    </>
  );
}
