import { createFileRoute, redirect } from "@tanstack/react-router";
import { Problem } from "~/api/problem";
import { settingsPages } from "../-settings-pages";

/** The first screen of administration that one's role includes. */
export const Route = createFileRoute("/_app/$organization/admin/")({
  beforeLoad: ({ context: { membership }, params }) => {
    const mine = settingsPages.admin.find(({ needs }) => membership.permissions.includes(needs));
    if (!mine) throw new Problem(403, { code: "not_allowed" });
    throw redirect({ href: `/${params.organization}${mine.path}`, replace: true });
  },
});
