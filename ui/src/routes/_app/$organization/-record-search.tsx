import { IconAddressBook, IconBox, IconLayoutKanban } from "@tabler/icons-react";
import { useNavigate } from "@tanstack/react-router";
import { useWorkspace } from "~/session/workspace";
import type { Found } from "~/ui/Palette";

const MOST = 5;

/** Customers, products and projects that fit the text, from the server. */
export function useRecordSearch(text: string): { found: Found[]; searching: boolean } {
  const navigate = useNavigate();
  const { at, $api, can } = useWorkspace();
  const params = { query: { q: text, limit: MOST } };
  const customers = $api.useQuery(
    "get",
    "/api/customers",
    { params },
    { enabled: text !== "" && can("customers:read") },
  );
  const products = $api.useQuery(
    "get",
    "/api/products",
    { params },
    { enabled: text !== "" && can("products:read") },
  );

  const projects = $api.useQuery(
    "get",
    "/api/projects",
    { params },
    { enabled: text !== "" && can("projects:read") },
  );

  const foundCustomers = (customers.data?.items ?? []).map(({ id, name, number, company }) => ({
    id,
    label: name,
    note: company ?? `#${number}`,
    icon: <IconAddressBook size={16} />,
    run: () => navigate({ to: at(`/customers/${id}`) }),
  }));
  const foundProducts = (products.data?.items ?? []).map(({ id, name, number, sku }) => ({
    id,
    label: name,
    note: sku ?? `#${number}`,
    icon: <IconBox size={16} />,
    run: () => navigate({ to: at(`/products/${id}`) }),
  }));
  const foundProjects = (projects.data?.items ?? []).map(({ id, name, code }) => ({
    id,
    label: name,
    note: code,
    icon: <IconLayoutKanban size={16} />,
    run: () => navigate({ to: at(`/projects/${id}`) }),
  }));
  return {
    found: [...foundCustomers, ...foundProducts, ...foundProjects],
    searching: customers.isFetching || products.isFetching || projects.isFetching,
  };
}
