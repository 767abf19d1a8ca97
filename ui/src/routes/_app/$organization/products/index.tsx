import { IconBox } from "@tabler/icons-react";
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
import { useProductArchiving } from "./-archiving";
import { useCategories } from "./-categories";
import { useProductColumns } from "./-columns";
import { NewProduct } from "./-ProductForm";
import { useUnits } from "./-units";

const SORTS = ["name", "number", "sku", "sale_price", "updated_at", "created_at"] as const;
const KINDS = ["goods", "service"] as const;

type Search = ListSearch<(typeof SORTS)[number]> & {
  kind?: (typeof KINDS)[number];
  unit_id?: string;
  category_id?: string;
  panel?: "new";
};

export const Route = createFileRoute("/_app/$organization/products/")({
  validateSearch: (raw: Partial<Search> & SearchSchemaInput): Search => ({
    ...readListSearch(raw, SORTS, "name"),
    kind: oneOf(raw.kind, KINDS),
    unit_id: typeof raw.unit_id === "string" ? raw.unit_id : undefined,
    category_id: typeof raw.category_id === "string" ? raw.category_id : undefined,
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
  const units = useUnits();
  const categories = useCategories();
  const { changeMany } = useProductArchiving();

  const { kind, unit_id, category_id } = search;
  const narrowed = { kind, unit_id, category_id };
  const pageParams = { query: { ...pageQuery(search), ...narrowed } };
  const countParams = { query: { ...countQuery(search), ...narrowed } };
  const query = $api.useQuery(
    "get",
    "/api/products",
    { params: pageParams },
    { placeholderData: keepPreviousData },
  );
  const count = $api.useQuery("get", "/api/products", { params: countParams });
  const setSearch = (changes: Partial<Search>) =>
    navigate({ search: (before) => changedSearch(before, changes), replace: "q" in changes });
  return (
    <ListPage
      room="products"
      links={<ImportLink kind="products" />}
      icon={IconBox}
      mayWrite={can("products:write")}
      columns={useProductColumns()}
      query={query}
      exports={{ path: "/api/products", ...pageParams }}
      count={count.data}
      pathOf={({ id }) => at(`/products/${id}`)}
      search={search}
      setSearch={setSearch as (changes: Partial<ListSearch>) => void}
      changeMany={changeMany}
      isFiltered={Boolean(kind || unit_id || category_id)}
      clearFilters={() =>
        setSearch({ q: "", archived: false, kind: undefined, unit_id: undefined, category_id: undefined })
      }
      filters={
        <>
          <FilterMenu
            label={t("products.fields.kind")}
            value={kind}
            options={KINDS.map((value) => ({ value, label: t(`products.kinds.${value}`) }))}
            onChange={(value) => setSearch({ kind: value })}
          />
          {categories.length > 0 && (
            <FilterMenu
              label={t("products.fields.category_id")}
              value={category_id}
              options={categories}
              onChange={(value) => setSearch({ category_id: value })}
            />
          )}
          <FilterMenu
            label={t("products.fields.unit_id")}
            value={unit_id}
            options={units.map(({ id, name }) => ({ value: id, label: name }))}
            onChange={(value) => setSearch({ unit_id: value })}
          />
        </>
      }
    >
      <NewProduct opened={search.panel === "new"} onClose={() => setSearch({ panel: undefined })} />
    </ListPage>
  );
}
