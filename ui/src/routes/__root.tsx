import { createRootRoute, Outlet } from "@tanstack/react-router";

import { RootNotFound } from "~/ui/RouteStates";

export const Route = createRootRoute({ component: Outlet, notFoundComponent: RootNotFound });
