import type { components } from "~/api/schema.gen";
import { useWorkspace } from "~/session/workspace";

export type StockRow = components["schemas"]["StockRow"];
export type StockProduct = components["schemas"]["ProductOfStock"];
export type MoveKind = "receipt" | "issue" | "transfer" | "count";
export const MOVES: readonly MoveKind[] = ["receipt", "issue", "transfer", "count"];

/** The storage locations in use, the default one first. */
export function useStorage() {
  const { $api } = useWorkspace();
  const { data } = $api.useQuery("get", "/api/stock/locations", {}, { staleTime: 300_000 });
  const storage = data?.items.filter(({ kind, archived_at }) => kind === "storage" && !archived_at) ?? [];
  return storage.toSorted((one, other) => Number(other.is_default) - Number(one.is_default));
}

/** What lies of one product, and where. */
export function useStockOf(productId: string | undefined) {
  const { $api } = useWorkspace();
  const params = { query: { product: productId ?? "", limit: 1 } };
  const query = $api.useQuery("get", "/api/stock", { params }, { enabled: Boolean(productId) });
  return { ...query, row: query.data?.items[0] };
}
