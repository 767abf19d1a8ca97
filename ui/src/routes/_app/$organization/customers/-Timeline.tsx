import { useWorkspace } from "~/session/workspace";
import { Entries } from "~/ui/History";

type TimelineProps = { id: string; readable: (name: string, value: unknown) => string };

const PATH = "/api/customers/{customer_id}/timeline";

/** What happened about one customer in every room: the record, its parts, merges, projects. */
export function Timeline({ id, readable }: TimelineProps) {
  const { api } = useWorkspace();
  return (
    <Entries
      queryKey={["get", PATH, id]}
      kind="customer"
      readable={readable}
      load={async (cursor, signal) => {
        const params = { path: { customer_id: id }, query: { cursor } };
        return (await api.GET(PATH, { params, signal })).data;
      }}
    />
  );
}
