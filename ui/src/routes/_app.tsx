import { createFileRoute, Outlet } from "@tanstack/react-router";
import { requireMe } from "~/session/me";
import { RootNotFound } from "~/ui/RouteStates";

/** Everything below needs somebody signed in. */
export const Route = createFileRoute("/_app")({
  beforeLoad: async ({ location }) => ({ me: await requireMe(location.href) }),
  component: Outlet,
  notFoundComponent: RootNotFound,
});
