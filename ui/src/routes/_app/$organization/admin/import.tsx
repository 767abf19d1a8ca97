import { Anchor } from "@mantine/core";
import { createFileRoute, Link, type SearchSchemaInput, stripSearchParams } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import type { components } from "~/api/schema.gen";
import { useWorkspace } from "~/session/workspace";
import { When } from "~/ui/Facts";
import { count } from "~/ui/format";
import { Page } from "~/ui/Page";
import pageClasses from "~/ui/Page.module.css";
import { Panel, Panels } from "~/ui/Panel";
import { type PlainColumn, PlainTable } from "~/ui/PlainTable";
import { RecordQuery } from "~/ui/RecordQuery";
import { StatusBadge, type Tone } from "~/ui/StatusBadge";
import { idOf, oneOf, readListSearch } from "~/ui/table-search";
import { requireRight } from "../-place";
import type { ReportSearch } from "./-ImportReport";
import { ImportSession } from "./-ImportSession";
import type { Import, ImportKind } from "./-importing";
import { Upload } from "./-Upload";
import { KINDS, OUTCOMES } from "./-words";

type Search = ReportSearch & { id?: string; kind?: ImportKind };
type Row = components["schemas"]["ImportRow"];

export const Route = createFileRoute("/_app/$organization/admin/import")({
  validateSearch: (raw: Partial<Search> & SearchSchemaInput): Search => {
    const { page, cursor } = readListSearch(raw, [], "line");
    return {
      id: idOf(raw.id) ?? undefined,
      kind: oneOf(raw.kind, KINDS),
      outcome: oneOf(raw.outcome, OUTCOMES),
      page,
      cursor,
    };
  },
  search: { middlewares: [stripSearchParams({ page: 1 })] },
  beforeLoad: ({ context }) => requireRight(context.membership, "imports:run"),
  component: Importing,
});

/** Files of products, customers and opening figures. */
function Importing() {
  const { id } = Route.useSearch();
  return id ? <OneImport key={id} id={id} /> : <NewImport />;
}

function NewImport() {
  const { t } = useTranslation();
  const { kind } = Route.useSearch();
  const navigate = Route.useNavigate();
  return (
    <Page title={t("imports.title")}>
      <p className={`${pageClasses.lead} ${pageClasses.inset}`}>{t("imports.lead")}</p>
      <Panels>
        <Upload
          kind={kind}
          setKind={(next) => navigate({ search: { kind: next, page: 1 }, replace: true })}
          done={(id) => navigate({ search: { id, page: 1 } })}
        />
        <EarlierImports />
      </Panels>
    </Page>
  );
}

function OneImport({ id }: { id: string }) {
  const { t } = useTranslation();
  const { $api, at } = useWorkspace();
  const search = Route.useSearch();
  const navigate = Route.useNavigate();
  const query = $api.useQuery("get", "/api/imports/{import_id}", { params: { path: { import_id: id } } });
  return (
    <Page
      title={query.data?.file_name ?? t("imports.title")}
      parent={{ to: at("/admin/import"), label: t("imports.title") }}
      badge={query.data && <State state={query.data.state} />}
    >
      <RecordQuery query={query}>
        {(record) => (
          <ImportSession
            record={record}
            search={search}
            setSearch={(changes) => navigate({ search: (before) => ({ ...before, ...changes }) })}
          />
        )}
      </RecordQuery>
    </Page>
  );
}

const TONES: Record<Import["state"], Tone> = {
  uploaded: "waiting",
  mapped: "waiting",
  checked: "waiting",
  applied: "good",
  undone: "quiet",
  discarded: "quiet",
};

function State({ state }: { state: Import["state"] }) {
  const { t } = useTranslation();
  return <StatusBadge tone={TONES[state]}>{t(`imports.states.${state}`)}</StatusBadge>;
}

/** The last files, to go on with or to take back. */
function EarlierImports() {
  const { t } = useTranslation();
  const { $api } = useWorkspace();
  const { data } = $api.useQuery("get", "/api/imports", { params: { query: { limit: 20 } } });
  const columns = useColumns();
  if (!data?.items.length) return null;
  return (
    <Panel isFlush title={t("imports.list.title")}>
      <PlainTable caption={t("imports.list.title")} columns={columns} rows={data.items} />
    </Panel>
  );
}

function useColumns(): PlainColumn<Row>[] {
  const { t } = useTranslation();
  const { timeZone } = useWorkspace();
  return [
    {
      id: "file",
      label: t("imports.list.file"),
      render: ({ id, file_name }) => (
        <Anchor component={Link} to="." search={{ id } as never} fz="sm">
          {file_name}
        </Anchor>
      ),
    },
    { id: "kind", label: t("imports.list.kind"), render: ({ kind }) => t(`imports.kinds.${kind}`) },
    {
      id: "rows",
      label: t("imports.list.rows"),
      align: "right",
      render: ({ row_count }) => count(row_count),
    },
    {
      id: "state",
      phone: true,
      label: t("imports.list.state"),
      render: ({ state }) => <State state={state} />,
    },
    {
      id: "when",
      label: t("imports.list.when"),
      render: ({ created_at }) => <When at={created_at} timeZone={timeZone} />,
    },
  ];
}
