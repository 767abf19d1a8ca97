import type { ReactNode } from "react";
import { Problem } from "~/api/problem";
import { type Membership, useMe } from "~/session/me";
import { type Organization, type Right, type Workspace, WorkspaceProvider } from "~/session/workspace";
import { WorkspaceShell } from "./-WorkspaceShell";

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

type FrameProps = { workspace: Workspace; organization: Organization; children: ReactNode };

/** The shell around every screen of an organization, and around the person's own. */
export function OrganizationFrame({ workspace, organization, children }: FrameProps) {
  const membership = useMe().organizations.find(({ slug }) => slug === workspace.slug);
  if (!membership) return null;
  return (
    <WorkspaceProvider
      key={workspace.slug}
      workspace={workspace}
      organization={organization}
      membership={membership}
    >
      <WorkspaceShell>{children}</WorkspaceShell>
    </WorkspaceProvider>
  );
}
