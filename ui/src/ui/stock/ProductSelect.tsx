import { Select, type SelectProps } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { keepPreviousData } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useWorkspace } from "~/session/workspace";

/** Goods by name, SKU or number; the server searches. */
export function ProductSelect({ value, onChange, ...rest }: SelectProps) {
  const { t } = useTranslation();
  const { $api } = useWorkspace();
  const [typed, setTyped] = useState("");
  const [q] = useDebouncedValue(typed, 200);
  const params = { query: { q: q || undefined, kind: "goods" as const, limit: 20 } };
  const { data } = $api.useQuery("get", "/api/products", { params }, { placeholderData: keepPreviousData });
  const options = (data?.items ?? []).map(({ id, name, sku, number }) => ({
    value: id,
    label: `${name} · ${sku ?? `#${number}`}`,
  }));
  return (
    <Select
      {...rest}
      data-autofocus
      searchable
      value={value || null}
      onChange={(next, option) => onChange?.(next ?? "", option)}
      onSearchChange={setTyped}
      filter={({ options: all }) => all}
      data={options}
      nothingFoundMessage={t("common.noMatch.title")}
    />
  );
}
