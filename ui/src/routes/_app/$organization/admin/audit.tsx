import { Box, Button } from "@mantine/core";
import { IconHistory, IconSearch } from "@tabler/icons-react";
import { keepPreviousData } from "@tanstack/react-query";
import { createFileRoute, type SearchSchemaInput, stripSearchParams } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { problemOf } from "~/api/problem";
import { useWorkspace } from "~/session/workspace";
import { EmptyState } from "~/ui/EmptyState";
import { ErrorState } from "~/ui/ErrorState";
import { ExportMenu } from "~/ui/ExportMenu";
import { HistorySkeleton } from "~/ui/History";
import classes from "~/ui/History.module.css";
import { Page } from "~/ui/Page";
import pageClasses from "~/ui/Page.module.css";
import { Pager } from "~/ui/Pager";
import { ListSection } from "~/ui/PlainTable";
import { changedSearch, oneOf, pageQuery, readListSearch } from "~/ui/table-search";
import { addDays, instantAt, readDay } from "~/ui/zone";
import { requireRight } from "../-place";
import { Seals } from "./-Seals";
import { TrailEntry } from "./-TrailEntry";
import { type Filters, TrailFilters } from "./-TrailFilters";
import { TRAILS } from "./-words";

type Search = Filters & { page: number; cursor?: string };

const word = (value: unknown) => (typeof value === "string" && value ? value.slice(0, 60) : undefined);

export const Route = createFileRoute("/_app/$organization/admin/audit")({
  validateSearch: (raw: Partial<Search> & SearchSchemaInput): Search => {
    const { page, cursor } = readListSearch(raw, [], "-at");
    const actor = Number(raw.actor);
    return {
      trail: oneOf(raw.trail, TRAILS),
      actor: Number.isInteger(actor) && actor > 0 ? actor : undefined,
      action: word(raw.action),
      target_kind: word(raw.target_kind),
      from: readDay(raw.from),
      to: readDay(raw.to),
      page,
      cursor,
    };
  },
  search: { middlewares: [stripSearchParams({ page: 1 })] },
  beforeLoad: ({ context }) => requireRight(context.membership, "audit:read"),
  component: Audit,
});

/** Everything that happened here, newest first. */
function Audit() {
  const { t } = useTranslation();
  const search = Route.useSearch();
  const navigate = Route.useNavigate();
  const set = (changes: Partial<Search>) => navigate({ search: (before) => changedSearch(before, changes) });
  const { asked, query } = useTrail(search);
  const rows = query.data?.items ?? [];
  const isNarrowed = Object.values(asked).some((value) => value !== undefined);
  return (
    <Page title={t("trail.title")}>
      <p className={`${pageClasses.lead} ${pageClasses.inset}`}>{t("trail.lead")}</p>
      <Seals />
      <ListSection
        toolbar={
          <>
            <TrailFilters filters={search} onChange={set} />
            <Box ms="auto">
              <ExportMenu path="/api/audit" query={asked} />
            </Box>
          </>
        }
      >
        {query.error && <ErrorState problem={problemOf(query.error)} retry={() => query.refetch()} />}
        {query.isPending && <HistorySkeleton />}
        {query.isSuccess && rows.length === 0 && (
          <NothingFound isNarrowed={isNarrowed} clear={() => navigate({ search: { page: 1 } })} />
        )}
        {rows.length > 0 && (
          <ol className={`${classes.list} ${classes.trail}`} aria-label={t("trail.entries")}>
            {rows.map((row) => (
              <TrailEntry key={row.id} row={row} />
            ))}
          </ol>
        )}
      </ListSection>
      <Pager
        search={search}
        setSearch={set}
        rows={rows.length}
        nextCursor={query.data?.next_cursor ?? undefined}
      />
    </Page>
  );
}

/** One page of it, and what was asked for: days are those of the organization. */
function useTrail(search: Search) {
  const { $api, organization } = useWorkspace();
  const { trail, actor, action, target_kind, from, to } = search;
  const zone = organization.time_zone;
  const since = from && instantAt(from, "00:00", zone);
  const until = to && instantAt(addDays(to, 1), "00:00", zone);
  const asked = { trail, actor, action, target_kind, since, until };
  const { limit, ...start } = pageQuery({ ...search, q: "", sort: "-at", archived: false });
  const params = { query: { ...asked, limit, ...start, sort: undefined, q: undefined, archived: undefined } };
  const query = $api.useQuery("get", "/api/audit", { params }, { placeholderData: keepPreviousData });
  return { asked, query };
}

function NothingFound({ isNarrowed, clear }: { isNarrowed: boolean; clear: () => void }) {
  const { t } = useTranslation();
  if (!isNarrowed)
    return <EmptyState icon={IconHistory} title={t("trail.empty.title")} text={t("trail.empty.text")} />;
  return (
    <EmptyState icon={IconSearch} title={t("common.noMatch.title")} text={t("common.noMatch.text")}>
      <Button variant="default" onClick={clear}>
        {t("common.clearFilters")}
      </Button>
    </EmptyState>
  );
}
