import { person } from "./me";

/** The ways in that this server offers; they change with its settings only. */
export const optionsQuery = person.$api.queryOptions(
  "get",
  "/api/auth/options",
  {},
  { staleTime: Number.POSITIVE_INFINITY },
);
