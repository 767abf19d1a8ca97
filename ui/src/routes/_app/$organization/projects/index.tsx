import { Button } from "@mantine/core";
import { IconChecklist, IconLayoutKanban } from "@tabler/icons-react";
import { keepPreviousData } from "@tanstack/react-query";
import { createFileRoute, Link, type SearchSchemaInput, stripSearchParams } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { useWorkspace } from "~/session/workspace";
import { FilterMenu } from "~/ui/FilterMenu";
import { ListPage } from "~/ui/ListPage";
import { RecordFilter } from "~/ui/RecordFilter";
import { useCustomer, useCustomers } from "~/ui/SearchSelect";
import {
  changedSearch,
  countQuery,
  idOf,
  type ListSearch,
  oneOf,
  pageQuery,
  readListSearch,
} from "~/ui/table-search";
import { requireRight } from "../-place";
import { useProjectArchiving } from "./-archiving";
import { useProjectColumns } from "./-columns";
import { NewProject } from "./-ProjectForm";
import { type ProjectState, STATES } from "./-state";

const SORTS = ["name", "code", "number", "due_on", "updated_at", "created_at"] as const;

type Search = ListSearch<(typeof SORTS)[number]> & { state?: ProjectState; customer?: string; panel?: "new" };

export const Route = createFileRoute("/_app/$organization/projects/")({
  validateSearch: (raw: Partial<Search> & SearchSchemaInput): Search => ({
    ...readListSearch(raw, SORTS, "name"),
    state: oneOf(raw.state, STATES),
    customer: idOf(raw.customer),
    panel: oneOf(raw.panel, ["new"]),
  }),
  search: { middlewares: [stripSearchParams({ q: "", sort: "name", page: 1, archived: false })] },
  beforeLoad: ({ context }) => requireRight(context.membership, "projects:read"),
  component: Projects,
});

function Projects() {
  const { t } = useTranslation();
  const { at, $api, can } = useWorkspace();
  const search = Route.useSearch();
  const navigate = Route.useNavigate();
  const { changeMany } = useProjectArchiving();

  const { state, customer } = search;
  const pageParams = { query: { ...pageQuery(search), state, customer } };
  const countParams = { query: { ...countQuery(search), state, customer } };
  const query = $api.useQuery(
    "get",
    "/api/projects",
    { params: pageParams },
    { placeholderData: keepPreviousData },
  );
  const count = $api.useQuery("get", "/api/projects", { params: countParams });
  const setSearch = (changes: Partial<Search>) =>
    navigate({ search: (before) => changedSearch(before, changes), replace: "q" in changes });
  return (
    <ListPage
      room="projects"
      icon={IconLayoutKanban}
      mayWrite={can("projects:write")}
      columns={useProjectColumns()}
      query={query}
      exports={{ path: "/api/projects", ...pageParams }}
      count={count.data}
      pathOf={({ id }) => at(`/projects/${id}`)}
      search={search}
      setSearch={setSearch as (changes: Partial<ListSearch>) => void}
      changeMany={changeMany}
      hasOwnStatus
      isFiltered={Boolean(state || customer)}
      clearFilters={() => setSearch({ q: "", archived: false, state: undefined, customer: undefined })}
      links={
        can("tasks:read") && (
          <Button
            component={Link}
            to={at("/projects/tasks")}
            variant="default"
            leftSection={<IconChecklist size={16} />}
          >
            {t("tasks.mine")}
          </Button>
        )
      }
      filters={
        <>
          <FilterMenu
            label={t("projects.fields.state")}
            value={search.archived ? "archived" : state}
            options={[
              ...STATES.map((value) => ({ value, label: t(`projects.states.${value}`) })),
              { value: "archived" as const, label: t("common.archived") },
            ]}
            onChange={(value) => setSearch({ state: oneOf(value, STATES), archived: value === "archived" })}
          />
          {can("customers:read") && (
            <RecordFilter
              label={t("projects.fields.customer")}
              value={customer}
              useName={useCustomer}
              useFound={useCustomers}
              onChange={(value) => setSearch({ customer: value })}
            />
          )}
        </>
      }
    >
      <NewProject opened={search.panel === "new"} onClose={() => setSearch({ panel: undefined })} />
    </ListPage>
  );
}
