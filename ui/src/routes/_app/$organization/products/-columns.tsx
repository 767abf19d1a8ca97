import { useTranslation } from "react-i18next";
import { invalidate } from "~/api/queries";
import type { components } from "~/api/schema.gen";
import { useWorkspace } from "~/session/workspace";
import { ifMatch } from "~/ui/archiving";
import type { Column } from "~/ui/DataTable";
import { money } from "~/ui/format";
import { InlineDecimal } from "~/ui/InlineDecimal";
import { RowLink } from "~/ui/RowLink";
import { useUpdatedColumn } from "~/ui/updated";

export type ProductRow = components["schemas"]["ProductRow"];

/** Changed where it stands, unless somebody changed the product meanwhile. */
function SalePrice({ row }: { row: ProductRow }) {
  const { t } = useTranslation();
  const { api, can, queryClient } = useWorkspace();
  const save = async (sale_price: string) => {
    const params = { path: { product_id: row.id } };
    const headers = ifMatch(row.version);
    await api.PATCH("/api/products/{product_id}", { params, body: { sale_price }, headers });
    await invalidate(queryClient, "/api/products");
  };
  return (
    <InlineDecimal
      label={`${t("products.fields.sale_price")}: ${row.name}`}
      value={row.sale_price}
      shown={money({ amount: row.sale_price, currency: row.currency })}
      suffix={row.currency}
      save={can("products:write") && !row.archived_at ? save : undefined}
    />
  );
}

export function useProductColumns(): Column<ProductRow>[] {
  const { t } = useTranslation();
  const { at, can } = useWorkspace();
  const updated = useUpdatedColumn();
  const price = (amount: string | null | undefined, currency: string) =>
    amount ? money({ amount, currency }) : null;
  const columns: Column<ProductRow>[] = [
    {
      id: "name",
      label: t("products.fields.name"),
      sortable: true,
      render: ({ id, name, sku, number }) => (
        <RowLink to={at(`/products/${id}`)} name={name} second={sku ?? `#${number}`} />
      ),
    },
    {
      id: "number",
      quiet: true,
      label: t("products.fields.number"),
      sortable: true,
      width: 96,
      optional: true,
      render: ({ number }) => `#${number}`,
    },
    {
      id: "sku",
      quiet: true,
      label: t("products.fields.sku"),
      sortable: true,
      width: 170,
      render: ({ sku }) => sku,
    },
    {
      id: "barcode",
      quiet: true,
      label: t("products.fields.barcode"),
      width: 170,
      optional: true,
      render: ({ barcode }) => barcode,
    },
    {
      id: "category",
      quiet: true,
      label: t("products.fields.category_id"),
      width: 150,
      render: ({ category_name }) => category_name,
    },
    {
      id: "kind",
      quiet: true,
      label: t("products.fields.kind"),
      width: 120,
      render: ({ kind }) => t(`products.kinds.${kind}`),
    },
    {
      id: "unit_code",
      quiet: true,
      label: t("products.fields.unit_id"),
      width: 90,
      render: ({ unit_code }) => unit_code,
    },
    {
      id: "sale_price",
      label: t("products.fields.sale_price"),
      sortable: true,
      startsDescending: true,
      align: "right",
      width: 150,
      phone: true,
      render: (row) => <SalePrice row={row} />,
    },
    {
      id: "cost_price",
      quiet: true,
      label: t("products.fields.cost_price"),
      align: "right",
      width: 150,
      optional: true,
      render: ({ cost_price, currency }) => price(cost_price, currency),
    },
    updated,
  ];
  return columns.filter(({ id }) => id !== "cost_price" || can("products:costs"));
}
