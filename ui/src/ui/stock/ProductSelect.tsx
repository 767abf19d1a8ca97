import type { SelectProps } from "@mantine/core";
import { useWorkspace } from "~/session/workspace";
import { type Found, SearchSelect } from "~/ui/SearchSelect";

/** Goods by name, SKU or number; the server searches. */
export function ProductSelect(props: SelectProps) {
  return <SearchSelect data-autofocus {...props} useFound={useGoods} />;
}

function useGoods(q: string | undefined): Found[] {
  const { $api } = useWorkspace();
  const params = { query: { q, kind: "goods" as const, limit: 20 } };
  const { data } = $api.useQuery("get", "/api/products", { params }, { placeholderData: (before) => before });
  return (data?.items ?? []).map(({ id, name, sku, number }) => ({
    value: id,
    label: `${name} · ${sku ?? `#${number}`}`,
  }));
}
