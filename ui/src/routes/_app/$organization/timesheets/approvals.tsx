import { Button } from "@mantine/core";
import { IconCheck, IconChecks } from "@tabler/icons-react";
import { keepPreviousData } from "@tanstack/react-query";
import {
  createFileRoute,
  type SearchSchemaInput,
  stripSearchParams,
  useNavigate,
} from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { useWorkspace } from "~/session/workspace";
import { DataTable } from "~/ui/DataTable";
import { EmptyState } from "~/ui/EmptyState";
import { FilterMenu } from "~/ui/FilterMenu";
import { Page } from "~/ui/Page";
import {
  changedSearch,
  countQuery,
  type ListSearch,
  oneOf,
  pageQuery,
  readListSearch,
} from "~/ui/table-search";
import { say } from "~/ui/toast";
import { requireRight } from "../-place";
import { type Handed, nameOfWeek, pathOfWeek, useApprovalColumns, useMissing } from "./-approval-columns";
import { useSteps } from "./-steps";
import { Tabs } from "./-Tabs";

const SORTS = ["starts_on", "submitted_at"] as const;
const STATES = ["submitted", "approved", "rejected", "reopened", "open"] as const;
type Search = ListSearch<(typeof SORTS)[number]> & { state: (typeof STATES)[number] | "all" };

export const Route = createFileRoute("/_app/$organization/timesheets/approvals")({
  beforeLoad: ({ context }) => requireRight(context.membership, "time:approve"),
  validateSearch: (raw: Partial<Search> & SearchSchemaInput): Search => ({
    ...readListSearch(raw, SORTS, "submitted_at"),
    state: oneOf(raw.state, [...STATES, "all"] as const) ?? "submitted",
  }),
  search: {
    middlewares: [
      stripSearchParams({ q: "", sort: "submitted_at", page: 1, archived: false, state: "submitted" }),
    ],
  },
  component: Approvals,
});

/** Weeks that people handed in, those that wait the longest first. */
function Approvals() {
  const { t } = useTranslation();
  const { $api, at } = useWorkspace();
  const search = Route.useSearch();
  const navigate = Route.useNavigate();
  const toWeek = useNavigate();
  const take = useSteps();
  const state = search.state === "all" ? undefined : search.state;
  const { q: _q, archived: _archived, ...page } = pageQuery(search);
  const pageParams = { query: { ...page, state } };
  const countParams = { query: { limit: 1, count: countQuery(search).count, state } };
  const query = $api.useQuery(
    "get",
    "/api/timesheets",
    { params: pageParams },
    { placeholderData: keepPreviousData },
  );
  const count = $api.useQuery("get", "/api/timesheets", { params: countParams });
  const columns = useApprovalColumns(useMissing(query.data?.items ?? []), take);
  const setSearch = (changes: Partial<Search>) =>
    navigate({ search: (before) => changedSearch(before, changes) });

  /** One by one: each week is a decision of its own, and a refused one leaves the others approved. */
  async function approve(weeks: Handed[]) {
    let approved = 0;
    for (const week of weeks) if (await take("approve", week)) approved += 1;
    if (approved) say(t("timesheets.approvals.approved", { count: approved }));
  }
  return (
    <Page isList title={t("timesheets.title")} badge={<Tabs />}>
      <DataTable
        name="approvals"
        caption={t("timesheets.approvals.list")}
        columns={columns}
        search={search}
        setSearch={setSearch as (changes: Partial<ListSearch>) => void}
        query={query}
        count={count.data}
        open={(week) => toWeek({ to: at(pathOfWeek(week)) })}
        nameOf={(week) => t("timesheets.approvals.name", nameOfWeek(week))}
        isBlank={false}
        toolbar={
          <FilterMenu
            label={t("timesheets.approvals.filter")}
            value={state}
            options={STATES.map((value) => ({ value, label: t(`timesheets.week.states.${value}`) }))}
            onChange={(value) => setSearch({ state: value ?? "all" })}
          />
        }
        bulk={
          search.state === "submitted"
            ? (weeks, clear) => (
                <Button
                  size="compact-sm"
                  variant="subtle"
                  leftSection={<IconCheck size={15} />}
                  onClick={() => approve(weeks).then(clear)}
                >
                  {t("timesheets.approvals.approve")}
                </Button>
              )
            : undefined
        }
        empty={
          <EmptyState
            icon={IconChecks}
            title={t("timesheets.approvals.empty.title")}
            text={t("timesheets.approvals.empty.text")}
          />
        }
      />
    </Page>
  );
}
