import { createFileRoute, redirect } from "@tanstack/react-router";
import { requireMe } from "~/session/me";
import { NoOrganization } from "./-NoOrganization";

/** `/` leads to the organization one worked in last. */
export const Route = createFileRoute("/")({
  beforeLoad: async () => {
    const me = await requireMe("/");
    const slug = me.organization?.slug ?? me.organizations[0]?.slug;
    if (slug) throw redirect({ to: "/$organization", params: { organization: slug }, replace: true });
  },
  component: NoOrganization,
});
