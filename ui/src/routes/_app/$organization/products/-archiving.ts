import { useWorkspace } from "~/session/workspace";
import { ifMatch, useArchiving } from "~/ui/archiving";

export function useProductArchiving() {
  const { api } = useWorkspace();
  return useArchiving({
    room: "products",
    one: async (verb, id, version) => {
      const init = { params: { path: { product_id: id } }, headers: ifMatch(version) };
      if (verb === "delete") return void (await api.DELETE("/api/products/{product_id}", init));
      return (await api.POST(`/api/products/{product_id}/${verb}`, init)).data;
    },
    many: async (op, records) => {
      const items = records.map(({ id, version }) => ({ op, id, version }));
      return (await api.POST("/api/products/batch", { body: { items, all_or_nothing: true } })).data;
    },
  });
}
