import type { ReactNode } from "react";
import { useMe } from "~/session/me";
import { type Organization, type Workspace, WorkspaceProvider } from "~/session/workspace";
import { WorkspaceShell } from "./-WorkspaceShell";

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
