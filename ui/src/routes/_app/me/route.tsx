import { createFileRoute, Outlet } from "@tanstack/react-router";
import type { Me } from "~/session/me";
import { rememberedPlace, workspaceOf } from "~/session/workspace";
import classes from "~/ui/Page.module.css";
import { OrganizationFrame } from "../$organization/-frame";
import { loadOrganization } from "../$organization/-place";

/** Where one came from, else where the session works, else anywhere. */
function placeOf({ organizations, organization }: Me): string | undefined {
  const slugs = organizations.map(({ slug }) => slug);
  const wanted = [rememberedPlace(), organization?.slug, slugs[0]];
  return wanted.find((slug) => slug && slugs.includes(slug));
}

/** Screens about oneself; the organization one works in stays around them. */
export const Route = createFileRoute("/_app/me")({
  loader: async ({ context: { me } }) => {
    const slug = placeOf(me);
    if (!slug) return null;
    const workspace = workspaceOf(slug);
    const organization = await loadOrganization(workspace);
    return organization && { workspace, organization };
  },
  component: AboutMe,
});

function AboutMe() {
  const place = Route.useLoaderData();
  if (!place)
    return (
      <main className={classes.window}>
        <Outlet />
      </main>
    );
  return (
    <OrganizationFrame {...place}>
      <Outlet />
    </OrganizationFrame>
  );
}
