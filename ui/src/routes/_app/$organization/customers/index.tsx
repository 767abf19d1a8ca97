import { IconAddressBook } from "@tabler/icons-react";
import { keepPreviousData } from "@tanstack/react-query";
import { createFileRoute, type SearchSchemaInput, stripSearchParams } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { useWorkspace } from "~/session/workspace";
import { FilterMenu } from "~/ui/FilterMenu";
import { ImportLink } from "~/ui/ImportLink";
import { ListPage } from "~/ui/ListPage";
import {
  changedSearch,
  countQuery,
  type ListSearch,
  oneOf,
  pageQuery,
  readListSearch,
} from "~/ui/table-search";
import { useCustomerArchiving } from "./-archiving";
import { NewCustomer } from "./-CustomerForm";
import { useCustomerColumns } from "./-columns";

const SORTS = ["name", "number", "email", "updated_at", "created_at"] as const;
const KINDS = ["company", "person"] as const;

type Search = ListSearch<(typeof SORTS)[number]> & {
  kind?: (typeof KINDS)[number];
  panel?: "new";
};

export const Route = createFileRoute("/_app/$organization/customers/")({
  validateSearch: (raw: Partial<Search> & SearchSchemaInput): Search => ({
    ...readListSearch(raw, SORTS, "name"),
    kind: oneOf(raw.kind, KINDS),
    panel: oneOf(raw.panel, ["new"]),
  }),
  search: { middlewares: [stripSearchParams({ q: "", sort: "name", page: 1, archived: false })] },
  component: Customers,
});

function Customers() {
  const { t } = useTranslation();
  const { at, $api, can } = useWorkspace();
  const search = Route.useSearch();
  const navigate = Route.useNavigate();
  const { changeMany } = useCustomerArchiving();

  const { kind } = search;
  const pageParams = { query: { ...pageQuery(search), kind } };
  const countParams = { query: { ...countQuery(search), kind } };
  const query = $api.useQuery(
    "get",
    "/api/customers",
    { params: pageParams },
    { placeholderData: keepPreviousData },
  );
  const count = $api.useQuery("get", "/api/customers", { params: countParams });
  const setSearch = (changes: Partial<Search>) =>
    navigate({ search: (before) => changedSearch(before, changes), replace: "q" in changes });
  return (
    <ListPage
      room="customers"
      links={<ImportLink kind="customers" />}
      icon={IconAddressBook}
      mayWrite={can("customers:write")}
      columns={useCustomerColumns()}
      query={query}
      exports={{ path: "/api/customers", ...pageParams }}
      count={count.data}
      pathOf={({ id }) => at(`/customers/${id}`)}
      search={search}
      setSearch={setSearch as (changes: Partial<ListSearch>) => void}
      changeMany={changeMany}
      isFiltered={Boolean(kind)}
      clearFilters={() => setSearch({ q: "", archived: false, kind: undefined })}
      filters=<FilterMenu
        label={t("customers.fields.kind")}
        value={kind}
        options={KINDS.map((value) => ({ value, label: t(`customers.kinds.${value}`) }))}
        onChange={(value) => setSearch({ kind: value })}
      />
    >
      <NewCustomer opened={search.panel === "new"} onClose={() => setSearch({ panel: undefined })} />
    </ListPage>
  );
}
