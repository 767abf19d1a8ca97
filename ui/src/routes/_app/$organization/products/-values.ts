import { useTranslation } from "react-i18next";
import { money } from "~/ui/format";
import { useUnits } from "./-units";

/** A field's value as people read it, in history and conflicts. */
export function useProductValue(currency: string) {
  const { t } = useTranslation();
  const units = useUnits();
  return (name: string, value: unknown): string => {
    if (value === null || value === undefined || value === "") return t("common.none");
    if (name === "sale_price" || name === "cost_price") return money({ amount: String(value), currency });
    if (name === "unit_id") return units.find(({ id }) => id === value)?.name ?? String(value);
    if (name === "kind") return t(value === "service" ? "products.kinds.service" : "products.kinds.goods");
    return String(value);
  };
}
