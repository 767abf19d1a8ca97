import { useWorkspace } from "~/session/workspace";
import { ifMatch, useArchiving } from "~/ui/archiving";

export function useCustomerArchiving() {
  const { api } = useWorkspace();
  return useArchiving({
    room: "customers",
    one: async (verb, id, version) => {
      const init = { params: { path: { customer_id: id } }, headers: ifMatch(version) };
      if (verb === "delete") return void (await api.DELETE("/api/customers/{customer_id}", init));
      return (await api.POST(`/api/customers/{customer_id}/${verb}`, init)).data;
    },
    many: async (op, records) => {
      const items = records.map(({ id, version }) => ({ op, id, version }));
      return (await api.POST("/api/customers/batch", { body: { items, all_or_nothing: true } })).data;
    },
  });
}
