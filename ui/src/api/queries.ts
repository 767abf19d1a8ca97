import { type Query, QueryClient } from "@tanstack/react-query";
import { problemOf } from "./problem";

export function newQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        staleTime: 30_000,
        networkMode: "always",
        retry: (failures, error) => failures < 2 && problemOf(error).isPassing,
        retryDelay: (failures) => 400 * 2 ** failures,
      },
      mutations: { retry: false },
    },
  });
}

/** Refetch everything read below the given path, as in `invalidate(queryClient, "/api/products")`. */
export function invalidate(queryClient: QueryClient, ...paths: string[]) {
  const below = ({ queryKey }: Query) => paths.some((path) => String(queryKey[1]).startsWith(path));
  return queryClient.invalidateQueries({ predicate: below });
}
