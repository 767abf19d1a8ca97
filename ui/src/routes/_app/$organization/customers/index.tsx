import { Button } from "@mantine/core";
import { IconAddressBook, IconArchive, IconArchiveOff, IconPlus, IconSearch } from "@tabler/icons-react";
import { keepPreviousData } from "@tanstack/react-query";
import { createFileRoute, type SearchSchemaInput, stripSearchParams } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { useWorkspace } from "~/session/workspace";
import { useCommands } from "~/ui/commands";
import { DataTable } from "~/ui/DataTable";
import { EmptyState } from "~/ui/EmptyState";
import { FilterMenu } from "~/ui/FilterMenu";
import { Page } from "~/ui/Page";
import { SearchBox } from "~/ui/SearchBox";
import { countQuery, type ListSearch, oneOf, pageQuery, readListSearch } from "~/ui/table-search";
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
  const columns = useCustomerColumns();
  const archiving = useCustomerArchiving();
  const mayWrite = can("customers:write");

  const { kind } = search;
  const page = $api.useQuery(
    "get",
    "/api/customers",
    { params: { query: { ...pageQuery(search), kind } } },
    { placeholderData: keepPreviousData },
  );
  const count = $api.useQuery("get", "/api/customers", {
    params: { query: { ...countQuery(search), kind } },
  });
  const setSearch = (changes: Partial<Search>) => {
    const start = "page" in changes || "panel" in changes ? {} : { page: 1, cursor: undefined };
    navigate({ search: (before) => ({ ...before, ...start, ...changes }), replace: "q" in changes });
  };
  const openNew = () => setSearch({ panel: "new" });
  useCommands(
    () =>
      mayWrite
        ? [{ id: "customers.new", group: "create", keys: "n", label: t("customers.new"), run: openNew }]
        : [],
    [t, mayWrite],
  );

  const isFiltered = Boolean(search.q || kind);
  const verb = search.archived ? "restore" : "archive";
  const VerbIcon = search.archived ? IconArchiveOff : IconArchive;
  return (
    <Page
      isList
      title={t("customers.title")}
      actions={
        mayWrite && (
          <Button leftSection={<IconPlus size={16} />} onClick={openNew}>
            {t("customers.new")}
          </Button>
        )
      }
    >
      <DataTable
        name="customers"
        caption={t("customers.title")}
        columns={columns}
        search={search}
        setSearch={setSearch as (changes: Partial<ListSearch>) => void}
        query={page}
        count={count.data}
        pathOf={({ id }) => at(`/customers/${id}`)}
        nameOf={({ name }) => name}
        toolbar={
          <>
            <SearchBox label={t("customers.search")} value={search.q} onChange={(q) => setSearch({ q })} />
            <FilterMenu
              label={t("customers.fields.kind")}
              value={kind}
              options={KINDS.map((value) => ({ value, label: t(`customers.kinds.${value}`) }))}
              onChange={(value) => setSearch({ kind: value })}
            />
            <FilterMenu
              label={t("common.status")}
              value={search.archived ? "archived" : undefined}
              options={[{ value: "archived", label: t("common.archived") }]}
              onChange={(value) => setSearch({ archived: value === "archived" })}
            />
          </>
        }
        bulk={
          mayWrite
            ? (rows, clear) => (
                <Button
                  size="compact-sm"
                  variant="subtle"
                  leftSection={<VerbIcon size={15} />}
                  onClick={() => archiving.changeMany(verb, rows).then(clear)}
                >
                  {t(`common.${verb}`)}
                </Button>
              )
            : undefined
        }
        empty={
          isFiltered || search.archived ? (
            <EmptyState icon={IconSearch} title={t("common.noMatch.title")} text={t("common.noMatch.text")}>
              <Button
                variant="default"
                onClick={() => setSearch({ q: "", kind: undefined, archived: false })}
              >
                {t("common.clearFilters")}
              </Button>
            </EmptyState>
          ) : (
            <EmptyState
              icon={IconAddressBook}
              title={t("customers.empty.title")}
              text={t("customers.empty.text")}
            >
              {mayWrite && (
                <Button leftSection={<IconPlus size={16} />} onClick={openNew}>
                  {t("customers.new")}
                </Button>
              )}
            </EmptyState>
          )
        }
      />
      <NewCustomer opened={search.panel === "new"} onClose={() => setSearch({ panel: undefined })} />
    </Page>
  );
}
