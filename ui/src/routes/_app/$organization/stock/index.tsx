import { Button } from "@mantine/core";
import { IconArrowsExchange, IconBuildingWarehouse, IconSearch } from "@tabler/icons-react";
import { keepPreviousData } from "@tanstack/react-query";
import {
  createFileRoute,
  type SearchSchemaInput,
  stripSearchParams,
  useNavigate,
} from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { useWorkspace } from "~/session/workspace";
import { useCommands } from "~/ui/commands";
import { DataTable } from "~/ui/DataTable";
import { EmptyState } from "~/ui/EmptyState";
import { Explained, useRefusal } from "~/ui/Explained";
import { FilterMenu } from "~/ui/FilterMenu";
import { Page } from "~/ui/Page";
import { SearchBox } from "~/ui/SearchBox";
import { useStorage } from "~/ui/stock/figures";
import { MoveStock } from "~/ui/stock/MoveStock";
import {
  changedSearch,
  countQuery,
  type ListSearch,
  oneOf,
  pageQuery,
  readListSearch,
} from "~/ui/table-search";
import { requireRight } from "../-place";
import { useStockColumns } from "./-columns";

const SORTS = ["name", "number", "sku"] as const;

type Search = ListSearch<(typeof SORTS)[number]> & { low?: true; location?: string; panel?: "new" };

export const Route = createFileRoute("/_app/$organization/stock/")({
  validateSearch: (raw: Partial<Search> & SearchSchemaInput): Search => ({
    ...readListSearch(raw, SORTS, "name"),
    low: raw.low === true ? true : undefined,
    location: typeof raw.location === "string" ? raw.location : undefined,
    panel: oneOf(raw.panel, ["new"]),
  }),
  search: { middlewares: [stripSearchParams({ q: "", sort: "name", page: 1, archived: false })] },
  beforeLoad: ({ context }) => requireRight(context.membership, "stock:read"),
  component: Stock,
});

/** What there is, where it lies, and what is to be ordered. */
function Stock() {
  const { t } = useTranslation();
  const { at, $api, can } = useWorkspace();
  const search = Route.useSearch();
  const navigate = Route.useNavigate();
  const toProduct = useNavigate();
  const storage = useStorage();
  const columns = useStockColumns();
  const setSearch = (changes: Partial<Search>) =>
    navigate({ search: (before) => changedSearch(before, changes), replace: "q" in changes });
  const openMove = () => setSearch({ panel: "new" });
  const mayMove = can("stock:move");
  useCommands(
    () => (mayMove ? [{ id: "new", group: "create", keys: "n", label: t("stock.move"), run: openMove }] : []),
    [t, mayMove],
  );

  const { low, location } = search;
  const isLow = low ? ("true" as const) : undefined;
  const params = { query: { ...pageQuery(search), low: isLow, location } };
  const query = $api.useQuery(
    "get",
    "/api/stock",
    { params },
    {
      placeholderData: keepPreviousData,
      select: (data) => ({ ...data, items: data.items.map((row) => ({ ...row, id: row.product.id })) }),
    },
  );
  const counted = $api.useQuery("get", "/api/stock", {
    params: { query: { ...countQuery(search), low: isLow, location } },
  });
  const isNarrowed = search.q !== "" || Boolean(low || location);
  return (
    <Page
      isList
      title={t("stock.title")}
      actions={
        <Explained reason={useRefusal()("stock:move")}>
          <Button leftSection={<IconArrowsExchange size={16} />} onClick={openMove}>
            {t("stock.move")}
          </Button>
        </Explained>
      }
    >
      <DataTable
        name="stock"
        caption={t("stock.title")}
        columns={columns}
        search={search}
        setSearch={setSearch as (changes: Partial<ListSearch>) => void}
        query={query}
        count={counted.data}
        open={({ id }) => toProduct({ to: at(`/products/${id}?tab=stock`) })}
        nameOf={({ product }) => product.name}
        isBlank={!isNarrowed}
        toolbar={
          <>
            <SearchBox label={t("stock.search")} value={search.q} onChange={(q) => setSearch({ q })} />
            <FilterMenu
              label={t("stock.filters.low")}
              value={low ? "low" : undefined}
              options={[{ value: "low", label: t("stock.lowOnly") }]}
              onChange={(value) => setSearch({ low: value ? true : undefined })}
            />
            {storage.length > 1 && (
              <FilterMenu
                label={t("stock.filters.location")}
                value={location}
                options={storage.map(({ id, name }) => ({ value: id, label: name }))}
                onChange={(value) => setSearch({ location: value })}
              />
            )}
          </>
        }
        empty={
          isNarrowed ? (
            <EmptyState icon={IconSearch} title={t("common.noMatch.title")} text={t("common.noMatch.text")}>
              <Button
                variant="default"
                onClick={() => setSearch({ q: "", low: undefined, location: undefined })}
              >
                {t("common.clearFilters")}
              </Button>
            </EmptyState>
          ) : (
            <EmptyState
              icon={IconBuildingWarehouse}
              title={t("stock.empty.title")}
              text={t("stock.empty.text")}
            />
          )
        }
      />
      <MoveStock opened={search.panel === "new"} onClose={() => setSearch({ panel: undefined })} />
    </Page>
  );
}
