import { useTranslation } from "react-i18next";
import type { components } from "~/api/schema.gen";
import { useWorkspace } from "~/session/workspace";
import type { Column } from "~/ui/DataTable";
import { RowLink } from "~/ui/RowLink";
import { useUpdatedColumn } from "~/ui/updated";

export type CustomerRow = components["schemas"]["CustomerRow"];

export function useCustomerColumns(): Column<CustomerRow>[] {
  const { t } = useTranslation();
  const { at } = useWorkspace();
  const updated = useUpdatedColumn();
  return [
    {
      id: "name",
      label: t("customers.fields.name"),
      sortable: true,
      render: ({ id, name, email, number }) => (
        <RowLink to={at(`/customers/${id}`)} name={name} second={email ?? `#${number}`} />
      ),
    },
    {
      id: "number",
      quiet: true,
      label: t("customers.fields.number"),
      sortable: true,
      width: 96,
      optional: true,
      render: ({ number }) => `#${number}`,
    },
    {
      id: "kind",
      quiet: true,
      label: t("customers.fields.kind"),
      width: 120,
      render: ({ kind }) => t(`customers.kinds.${kind}`),
    },
    {
      id: "company",
      quiet: true,
      label: t("customers.fields.company"),
      width: 180,
      optional: true,
      render: ({ company }) => company,
    },
    {
      id: "email",
      quiet: true,
      label: t("customers.fields.email"),
      sortable: true,
      width: 240,
      render: ({ email }) => email,
    },
    {
      id: "phone",
      quiet: true,
      label: t("customers.fields.phone"),
      width: 170,
      render: ({ phone }) => phone,
    },
    {
      id: "vat_id",
      quiet: true,
      label: t("customers.fields.vat_id"),
      width: 150,
      optional: true,
      render: ({ vat_id }) => vat_id,
    },
    {
      id: "currency",
      quiet: true,
      label: t("customers.fields.currency"),
      width: 100,
      optional: true,
      render: ({ currency }) => currency,
    },
    updated,
  ];
}
