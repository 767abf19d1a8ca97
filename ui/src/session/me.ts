import { useQuery } from "@tanstack/react-query";
import { redirect } from "@tanstack/react-router";
import createHooks from "openapi-react-query";
import { apiFor, csrfToken } from "~/api/client";
import { problemOf } from "~/api/problem";
import { newQueryClient } from "~/api/queries";
import type { components } from "~/api/schema.gen";
import type { FileRoutesByTo } from "~/routeTree.gen";

export type Me = components["schemas"]["MeOut"];
export type Membership = components["schemas"]["MembershipOut"];

/** Calls and answers about the person, in no organization. */
export const person = (() => {
  const api = apiFor();
  return { api, $api: createHooks(api), queryClient: newQueryClient() };
})();

const meOptions = person.$api.queryOptions("get", "/api/auth/me", {}, { staleTime: 300_000 });

/** Who is signed in, or null. Without the CSRF cookie there is no session to ask about. */
export async function findMe(): Promise<Me | null> {
  if (!csrfToken()) return null;
  try {
    return await person.queryClient.ensureQueryData(meOptions);
  } catch (error) {
    if (problemOf(error).status === 401) return null;
    throw error;
  }
}

/** Who is signed in; everybody else goes to the sign-in page and comes back afterwards. */
export async function requireMe(href: string): Promise<Me> {
  const me = await findMe();
  if (!me) throw redirect({ to: "/login" satisfies keyof FileRoutesByTo, search: { next: href } });
  return me;
}

/** For screens below the sign-in frame, where the answer is always there. */
export function useMe(): Me {
  const { data } = useQuery(meOptions, person.queryClient);
  if (!data) throw new Error("useMe() outside of the signed-in frame");
  return data;
}

export function reloadMe() {
  return person.queryClient.fetchQuery({ ...meOptions, staleTime: 0 });
}

/** A path of our own to go to after sign-in; anything else could lead people astray. */
export function safeNext(next: unknown): string {
  return typeof next === "string" && /^\/(?![/\\])/.test(next) ? next : "/";
}
