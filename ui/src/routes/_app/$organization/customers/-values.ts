import { useTranslation } from "react-i18next";
import { countryName, languageName, money } from "~/ui/format";

/** A field's value as people read it, in history and conflicts. */
export function useCustomerValue(currency: string) {
  const { t } = useTranslation();
  return (name: string, value: unknown): string => {
    if (value === null || value === undefined || value === "") return t("common.none");
    if (name === "credit_limit") return money({ amount: String(value), currency });
    if (name === "kind") return t(value === "person" ? "customers.kinds.person" : "customers.kinds.company");
    if (name === "language") return languageName(String(value));
    if (name === "payment_days") return t("customers.days", { count: Number(value) });
    if (typeof value === "boolean") return t(value ? "common.yes" : "common.no");
    return String(value);
  };
}

/** The same for a contact or an address. */
export function usePartValue() {
  const { t } = useTranslation();
  return (name: string, value: unknown): string => {
    if (value === null || value === undefined || value === "") return t("common.none");
    if (name === "kind") return t(`customers.addresses.${value === "shipping" ? "shipping" : "billing"}`);
    if (name === "country") return countryName(String(value));
    if (typeof value === "boolean") return t(value ? "common.yes" : "common.no");
    return String(value);
  };
}
