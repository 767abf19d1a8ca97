import "@mantine/notifications/styles.css";
import { ModalsProvider } from "@mantine/modals";
import { Notifications } from "@mantine/notifications";
import { createFileRoute, Outlet } from "@tanstack/react-router";
import { requireMe } from "~/session/me";
import { RootNotFound } from "~/ui/RouteStates";

/** Everything below needs somebody signed in. */
export const Route = createFileRoute("/_app")({
  beforeLoad: async ({ location }) => ({ me: await requireMe(location.href) }),
  component: SignedInFrame,
  notFoundComponent: RootNotFound,
});

function SignedInFrame() {
  return (
    <ModalsProvider>
      <Notifications position="bottom-center" limit={4} zIndex={500} />
      <Outlet />
    </ModalsProvider>
  );
}
