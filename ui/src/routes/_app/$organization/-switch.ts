import { useLocation, useNavigate } from "@tanstack/react-router";
import { person } from "~/session/me";
import { useWorkspace } from "~/session/workspace";

/** To the same room of another organization; the next sign-in starts there as well. */
export function useSwitchOrganization() {
  const navigate = useNavigate();
  const { slug } = useWorkspace();
  const { pathname } = useLocation();
  return async (other: string) => {
    const room = pathname.startsWith(`/${slug}/`) && pathname.slice(slug.length + 1).split("/")[1];
    await navigate({ to: room ? `/${other}/${room}` : `/${other}` });
    await person.api.POST("/api/auth/switch-organization", { body: { organization: other } });
  };
}
