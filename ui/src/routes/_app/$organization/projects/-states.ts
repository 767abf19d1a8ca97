import { useWorkspace } from "~/session/workspace";

/** The states tasks go through, in the order of the board. */
export function useStates() {
  const { $api } = useWorkspace();
  const { data } = $api.useQuery("get", "/api/task-states", {}, { staleTime: 120_000 });
  return data?.items ?? [];
}
