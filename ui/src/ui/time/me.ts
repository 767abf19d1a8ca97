import { useWorkspace } from "~/session/workspace";

/** One's own number in the books of this organization; undefined until the server has said it. */
export function useMyId(): string | undefined {
  const { $api } = useWorkspace();
  return $api.useQuery("get", "/api/auth/me", {}, { staleTime: 300_000 }).data?.member?.id;
}
