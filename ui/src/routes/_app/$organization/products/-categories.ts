import { useWorkspace } from "~/session/workspace";

/** The tree of categories as options: those within another stand below it, set in. */
export function useCategories() {
  const { $api } = useWorkspace();
  const params = { query: { limit: 200 } };
  const { data } = $api.useQuery("get", "/api/categories", { params }, { staleTime: 120_000 });
  return (data?.items ?? []).map(({ id, name, depth }) => ({
    value: id,
    label: `${"\u2003".repeat(depth - 1)}${name}`,
    name,
  }));
}
