import { useWorkspace } from "~/session/workspace";

/** The organization's units; they hardly ever change. */
export function useUnits() {
  const { $api } = useWorkspace();
  const units = $api.useQuery("get", "/api/units", {}, { staleTime: 600_000 });
  return units.data?.items ?? [];
}
