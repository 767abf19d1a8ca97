import { Problem } from "~/api/problem";
import type { Membership } from "~/session/me";
import type { Organization, Right, Workspace } from "~/session/workspace";

/** The organization as the workspace knows it; null for a membership that has just ended. */
export async function loadOrganization(workspace: Workspace): Promise<Organization | null> {
  const options = workspace.$api.queryOptions("get", "/api/auth/me", {}, { staleTime: 300_000 });
  const { organization } = await workspace.queryClient.ensureQueryData(options);
  return organization;
}

/** For `beforeLoad` of screens that one's role may not include. */
export function requireRight(membership: Membership, right: Right) {
  if (!membership.permissions.includes(right)) throw new Problem(403, { code: "not_allowed" });
}
