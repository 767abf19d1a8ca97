import { useTranslation } from "react-i18next";
import { money } from "~/ui/format";
import { useCategories } from "./-categories";
import { useUnits } from "./-units";

/** A field's value as people read it, in history and conflicts. */
export function useProductValue(currency: string) {
  const { t } = useTranslation();
  const units = useUnits();
  const categories = useCategories();
  return (name: string, value: unknown): string => {
    if (value === null || value === undefined || value === "") return t("common.none");
    if (name === "sale_price" || name === "cost_price") return money({ amount: String(value), currency });
    if (name === "unit_id") return units.find(({ id }) => id === value)?.name ?? String(value);
    if (name === "category_id") return categories.find((each) => each.value === value)?.name ?? String(value);
    if (name === "kind") return t(value === "service" ? "products.kinds.service" : "products.kinds.goods");
    return String(value);
  };
}
