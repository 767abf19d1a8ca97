import { useTranslation } from "react-i18next";
import { invalidate } from "~/api/queries";
import { useWorkspace } from "~/session/workspace";
import { quantity } from "~/ui/format";
import { InlineDecimal } from "~/ui/InlineDecimal";
import type { StockRow } from "~/ui/stock/figures";

/** The reorder level, changed where it stands. */
export function Minimum({ row }: { row: StockRow }) {
  const { t } = useTranslation();
  const { api, can, queryClient } = useWorkspace();
  const { id, name, unit } = row.product;
  const save = async (minimum: string) => {
    const keepsTarget = row.target && row.target !== row.minimum;
    const body = { minimum, ...(keepsTarget ? { target: row.target } : {}) };
    await api.PUT("/api/stock/rules/{product}", { params: { path: { product: id } }, body });
    await invalidate(queryClient, "/api/stock");
  };
  return (
    <InlineDecimal
      label={`${t("stock.rule.edit")}: ${name}`}
      value={row.minimum ?? ""}
      shown={row.minimum ? quantity(row.minimum, unit.code) : "–"}
      suffix={unit.code}
      save={can("stock:move") ? save : undefined}
    />
  );
}
