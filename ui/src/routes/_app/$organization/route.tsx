import { createFileRoute, notFound, Outlet } from "@tanstack/react-router";
import { useMe } from "~/session/me";
import { WorkspaceProvider, workspaceOf } from "~/session/workspace";
import { WorkspaceShell } from "./-WorkspaceShell";

/** The workspace of one organization; a slug one is no member of does not exist. */
export const Route = createFileRoute("/_app/$organization")({
  beforeLoad: ({ context, params }) => {
    const membership = context.me.organizations.find(({ slug }) => slug === params.organization);
    if (!membership) throw notFound();
    return { workspace: workspaceOf(membership.slug), membership };
  },
  loader: async ({ context: { workspace } }) => {
    const options = workspace.$api.queryOptions("get", "/api/auth/me", {}, { staleTime: 300_000 });
    const { organization } = await workspace.queryClient.ensureQueryData(options);
    if (!organization) throw notFound();
    return { organization };
  },
  component: OrganizationFrame,
});

function OrganizationFrame() {
  const { workspace } = Route.useRouteContext();
  const { organization } = Route.useLoaderData();
  const me = useMe();
  const membership = me.organizations.find(({ slug }) => slug === workspace.slug);
  if (!membership) return null;
  return (
    <WorkspaceProvider
      key={workspace.slug}
      workspace={workspace}
      organization={organization}
      membership={membership}
    >
      <WorkspaceShell>
        <Outlet />
      </WorkspaceShell>
    </WorkspaceProvider>
  );
}
