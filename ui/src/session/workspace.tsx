import type { QueryClient } from "@tanstack/react-query";
import { QueryClientProvider } from "@tanstack/react-query";
import createHooks, { type OpenapiQueryClient } from "openapi-react-query";
import { createContext, type ReactNode, useContext } from "react";
import { type Api, apiFor } from "~/api/client";
import type { Permission } from "~/api/constraints.gen";
import { newQueryClient } from "~/api/queries";
import type { components, paths } from "~/api/schema.gen";
import { type Membership, useMe } from "./me";

export type Organization = components["schemas"]["OrganizationOut"];

/** One organization as this tab sees it: a cache of its own keeps the rows of two organizations apart. */
export type Workspace = {
  slug: string;
  api: Api;
  $api: OpenapiQueryClient<paths>;
  queryClient: QueryClient;
};

const workspaces = new Map<string, Workspace>();

let place: string | undefined;

/** The organization last looked at in this tab, for screens that belong to none. */
export const rememberPlace = (slug: string) => {
  place = slug;
};
export const rememberedPlace = () => place;

export function workspaceOf(slug: string): Workspace {
  const known = workspaces.get(slug);
  if (known) return known;
  const api = apiFor(slug);
  const made = { slug, api, $api: createHooks(api), queryClient: newQueryClient() };
  workspaces.set(slug, made);
  return made;
}

/** What routes ask for, and what decides over single fields. */
export type Right = Permission | "products:costs" | "reports:money";

type Here = Workspace & {
  organization: Organization;
  membership: Membership;
  /** Where instants are shown: the person's own zone, else the organization's. */
  timeZone: string;
  can: (right: Right) => boolean;
  /** The address of a screen of this organization: `at("/products")`. */
  at: (path: string) => string;
};

const Context = createContext<Here | null>(null);

type ProviderProps = {
  workspace: Workspace;
  organization: Organization;
  membership: Membership;
  children: ReactNode;
};

export function WorkspaceProvider({ workspace, organization, membership, children }: ProviderProps) {
  const can = (right: Right) => membership.permissions.includes(right);
  const timeZone = useMe().user.time_zone ?? organization.time_zone;
  const at = (path: string) => `/${workspace.slug}${path}`;
  return (
    <Context.Provider value={{ ...workspace, organization, membership, timeZone, can, at }}>
      <QueryClientProvider client={workspace.queryClient}>{children}</QueryClientProvider>
    </Context.Provider>
  );
}

export function useWorkspace(): Here {
  const here = useContext(Context);
  if (!here) throw new Error("useWorkspace() outside of an organization");
  return here;
}
