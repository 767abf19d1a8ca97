import { createFileRoute, notFound, Outlet } from "@tanstack/react-router";
import { rememberPlace, workspaceOf } from "~/session/workspace";
import { OrganizationFrame } from "./-frame";
import { loadOrganization } from "./-place";

/** The workspace of one organization; a slug one is no member of does not exist. */
export const Route = createFileRoute("/_app/$organization")({
  beforeLoad: ({ context, params }) => {
    const membership = context.me.organizations.find(({ slug }) => slug === params.organization);
    if (!membership) throw notFound();
    rememberPlace(membership.slug);
    return { workspace: workspaceOf(membership.slug), membership };
  },
  loader: async ({ context: { workspace } }) => {
    const organization = await loadOrganization(workspace);
    if (!organization) throw notFound();
    return { organization };
  },
  component: InOrganization,
});

function InOrganization() {
  const { workspace } = Route.useRouteContext();
  const { organization } = Route.useLoaderData();
  return (
    <OrganizationFrame workspace={workspace} organization={organization}>
      <Outlet />
    </OrganizationFrame>
  );
}
