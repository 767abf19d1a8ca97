import { Button } from "@mantine/core";
import { IconArchive, IconArchiveOff, IconBox, IconPlus, IconSearch } from "@tabler/icons-react";
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
import { useProductArchiving } from "./-archiving";
import { useProductColumns } from "./-columns";
import { NewProduct } from "./-ProductForm";
import { useUnits } from "./-units";

const SORTS = ["name", "number", "sku", "sale_price", "updated_at", "created_at"] as const;
const KINDS = ["goods", "service"] as const;

type Search = ListSearch<(typeof SORTS)[number]> & {
  kind?: (typeof KINDS)[number];
  unit_id?: string;
  panel?: "new";
};

export const Route = createFileRoute("/_app/$organization/products/")({
  validateSearch: (raw: Partial<Search> & SearchSchemaInput): Search => ({
    ...readListSearch(raw, SORTS, "name"),
    kind: oneOf(raw.kind, KINDS),
    unit_id: typeof raw.unit_id === "string" ? raw.unit_id : undefined,
    panel: oneOf(raw.panel, ["new"]),
  }),
  search: { middlewares: [stripSearchParams({ q: "", sort: "name", page: 1, archived: false })] },
  component: Products,
});

function Products() {
  const { t } = useTranslation();
  const { at, $api, can } = useWorkspace();
  const search = Route.useSearch();
  const navigate = Route.useNavigate();
  const columns = useProductColumns();
  const units = useUnits();
  const archiving = useProductArchiving();
  const mayWrite = can("products:write");

  const { kind, unit_id } = search;
  const page = $api.useQuery(
    "get",
    "/api/products",
    { params: { query: { ...pageQuery(search), kind, unit_id } } },
    { placeholderData: keepPreviousData },
  );
  const count = $api.useQuery("get", "/api/products", {
    params: { query: { ...countQuery(search), kind, unit_id } },
  });
  const setSearch = (changes: Partial<Search>) => {
    const start = "page" in changes || "panel" in changes ? {} : { page: 1, cursor: undefined };
    navigate({ search: (before) => ({ ...before, ...start, ...changes }), replace: "q" in changes });
  };
  const openNew = () => setSearch({ panel: "new" });
  useCommands(
    () =>
      mayWrite
        ? [{ id: "products.new", group: "create", keys: "n", label: t("products.new"), run: openNew }]
        : [],
    [t, mayWrite],
  );

  const isFiltered = Boolean(search.q || kind || unit_id);
  const verb = search.archived ? "restore" : "archive";
  const VerbIcon = search.archived ? IconArchiveOff : IconArchive;
  return (
    <Page
      isList
      title={t("products.title")}
      actions={
        mayWrite && (
          <Button leftSection={<IconPlus size={16} />} onClick={openNew}>
            {t("products.new")}
          </Button>
        )
      }
    >
      <DataTable
        name="products"
        caption={t("products.title")}
        columns={columns}
        search={search}
        setSearch={setSearch as (changes: Partial<ListSearch>) => void}
        query={page}
        count={count.data}
        pathOf={({ id }) => at(`/products/${id}`)}
        nameOf={({ name }) => name}
        toolbar={
          <>
            <SearchBox label={t("products.search")} value={search.q} onChange={(q) => setSearch({ q })} />
            <FilterMenu
              label={t("products.fields.kind")}
              value={kind}
              options={KINDS.map((value) => ({ value, label: t(`products.kinds.${value}`) }))}
              onChange={(value) => setSearch({ kind: value })}
            />
            <FilterMenu
              label={t("products.fields.unit_id")}
              value={unit_id}
              options={units.map(({ id, name }) => ({ value: id, label: name }))}
              onChange={(value) => setSearch({ unit_id: value })}
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
                onClick={() => setSearch({ q: "", kind: undefined, unit_id: undefined, archived: false })}
              >
                {t("common.clearFilters")}
              </Button>
            </EmptyState>
          ) : (
            <EmptyState icon={IconBox} title={t("products.empty.title")} text={t("products.empty.text")}>
              {mayWrite && (
                <Button leftSection={<IconPlus size={16} />} onClick={openNew}>
                  {t("products.new")}
                </Button>
              )}
            </EmptyState>
          )
        }
      />
      <NewProduct opened={search.panel === "new"} onClose={() => setSearch({ panel: undefined })} />
    </Page>
  );
}
