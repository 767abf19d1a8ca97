import { useTranslation } from "react-i18next";
import { useWorkspace } from "~/session/workspace";
import type { Column } from "~/ui/DataTable";
import { quantity } from "~/ui/format";
import { RowLink } from "~/ui/RowLink";
import { StatusBadge } from "~/ui/StatusBadge";
import type { StockRow } from "~/ui/stock/figures";
import { Minimum } from "./-Minimum";

export type Row = StockRow & { id: string };

export function useStockColumns(): Column<Row>[] {
  const { t } = useTranslation();
  const { at } = useWorkspace();
  const figure = (value: string | null, { product }: Row) => value && quantity(value, product.unit.code);
  return [
    {
      id: "name",
      label: t("stock.fields.product"),
      sortable: true,
      render: ({ product: { id, name, sku, number } }) => (
        <RowLink to={at(`/products/${id}?tab=stock`)} name={name} second={sku ?? `#${number}`} />
      ),
    },
    {
      id: "sku",
      quiet: true,
      label: t("stock.fields.sku"),
      sortable: true,
      width: 150,
      render: ({ product: { sku, number } }) => sku ?? `#${number}`,
    },
    {
      id: "category",
      quiet: true,
      optional: true,
      label: t("stock.fields.category"),
      width: 150,
      render: ({ category_name }) => category_name,
    },
    {
      id: "status",
      label: t("common.status"),
      width: 150,
      render: (row) => <Status row={row} />,
    },
    {
      id: "on_hand",
      label: t("stock.fields.on_hand"),
      align: "right",
      width: 130,
      phone: true,
      render: (row) => figure(row.on_hand, row),
    },
    {
      id: "reserved",
      quiet: true,
      optional: true,
      label: t("stock.fields.reserved"),
      align: "right",
      width: 120,
      render: (row) => figure(row.reserved, row),
    },
    {
      id: "available",
      label: t("stock.fields.available"),
      align: "right",
      width: 130,
      render: (row) => figure(row.available, row),
    },
    {
      id: "minimum",
      label: t("stock.fields.minimum"),
      align: "right",
      width: 140,
      render: (row) => <Minimum row={row} />,
    },
  ];
}

function Status({ row }: { row: Row }) {
  const { t } = useTranslation();
  if (row.low_since) return <StatusBadge tone="waiting">{t("stock.low")}</StatusBadge>;
  if (/^0(\.0*)?$/.test(row.on_hand)) return <StatusBadge tone="quiet">{t("stock.out")}</StatusBadge>;
  return <StatusBadge tone="good">{t("stock.ok")}</StatusBadge>;
}
