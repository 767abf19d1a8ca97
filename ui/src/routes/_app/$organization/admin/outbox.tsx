import { Button } from "@mantine/core";
import { IconMailForward, IconSearch, IconSend } from "@tabler/icons-react";
import { keepPreviousData } from "@tanstack/react-query";
import { createFileRoute, type SearchSchemaInput, stripSearchParams } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { useWorkspace } from "~/session/workspace";
import { DataTable } from "~/ui/DataTable";
import { EmptyState } from "~/ui/EmptyState";
import { Explained, useRefusal } from "~/ui/Explained";
import { FilterMenu } from "~/ui/FilterMenu";
import { Page } from "~/ui/Page";
import classes from "~/ui/Page.module.css";
import { changedSearch, type ListSearch, oneOf, pageQuery, readListSearch } from "~/ui/table-search";
import { requireRight } from "../-place";
import { useResending } from "./-outbox";
import { nameOfJob, useOutboxColumns } from "./-outbox-columns";
import { STATES, type State } from "./-words";

type Search = ListSearch<"created_at"> & { state?: State };

export const Route = createFileRoute("/_app/$organization/admin/outbox")({
  validateSearch: (raw: Partial<Search> & SearchSchemaInput): Search => ({
    ...readListSearch(raw, ["created_at"], "-created_at"),
    state: oneOf(raw.state, STATES),
  }),
  search: { middlewares: [stripSearchParams({ q: "", sort: "-created_at", page: 1, archived: false })] },
  beforeLoad: ({ context }) => requireRight(context.membership, "outbox:read"),
  component: Outbox,
});

/** Mails and jobs: what waits, what failed and why, and trying it again. */
function Outbox() {
  const { t } = useTranslation();
  const { $api } = useWorkspace();
  const search = Route.useSearch();
  const navigate = Route.useNavigate();
  const set = (changes: Partial<Search>) => navigate({ search: (before) => changedSearch(before, changes) });
  const { sendTest, resend } = useResending();
  const { state } = search;
  const { q: _q, archived: _archived, ...page } = pageQuery(search);
  const query = $api.useQuery(
    "get",
    "/api/outbox",
    { params: { query: { ...page, state } } },
    { placeholderData: keepPreviousData, refetchInterval: 10_000 },
  );
  const refusal = useRefusal();
  const testButton = (
    <Explained reason={refusal("outbox:resend")}>
      <Button variant="default" leftSection={<IconMailForward size={16} />} onClick={sendTest}>
        {t("organizations.outbox.test")}
      </Button>
    </Explained>
  );
  return (
    <Page isList title={t("organizations.outbox.title")} actions={testButton}>
      <p className={`${classes.lead} ${classes.inset}`}>{t("organizations.outbox.lead")}</p>
      <DataTable
        name="outbox"
        caption={t("organizations.outbox.list")}
        columns={useOutboxColumns(resend)}
        search={search}
        setSearch={(changes) => set(changes as Partial<Search>)}
        query={query}
        exports={{ path: "/api/outbox", query: { state } }}
        open={() => undefined}
        nameOf={nameOfJob}
        isBlank={state === undefined}
        toolbar={
          <FilterMenu
            label={t("organizations.outbox.state")}
            value={state}
            options={STATES.map((value) => ({ value, label: t(`organizations.outbox.states.${value}`) }))}
            onChange={(value) => set({ state: value })}
          />
        }
        empty={
          state ? (
            <EmptyState icon={IconSearch} title={t("common.noMatch.title")} text={t("common.noMatch.text")}>
              <Button variant="default" onClick={() => set({ state: undefined })}>
                {t("common.clearFilters")}
              </Button>
            </EmptyState>
          ) : (
            <EmptyState
              icon={IconSend}
              title={t("organizations.outbox.empty.title")}
              text={t("organizations.outbox.empty.text")}
            />
          )
        }
      />
    </Page>
  );
}
