import { Button, Group } from "@mantine/core";
import { keepPreviousData } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { useWorkspace } from "~/session/workspace";
import { count } from "~/ui/format";
import classes from "~/ui/import.module.css";
import { Pager } from "~/ui/Pager";
import { type PlainColumn, PlainTable } from "~/ui/PlainTable";
import { fieldSentence } from "~/ui/problems";
import { StatusBadge, type Tone } from "~/ui/StatusBadge";
import { PAGE_SIZE } from "~/ui/table-search";
import type { Import, Line } from "./-importing";
import { OUTCOMES, type Outcome } from "./-words";

export type ReportSearch = { outcome?: Outcome; page: number; cursor?: string };
type ReportProps = {
  record: Import;
  search: ReportSearch;
  setSearch: (search: Partial<ReportSearch>) => void;
};

const TONES: Record<Outcome, Tone> = { create: "good", change: "waiting", skip: "quiet", error: "bad" };

/** What each row does, or would do, and what is wrong with it. */
export function ImportReport({ record, search, setSearch }: ReportProps) {
  const { t } = useTranslation();
  const { $api } = useWorkspace();
  const path = { import_id: record.id };
  const { outcome, cursor } = search;
  const query = { outcome, cursor, limit: PAGE_SIZE };
  const lines = $api.useQuery(
    "get",
    "/api/imports/{import_id}/rows",
    { params: { path, query } },
    { placeholderData: keepPreviousData },
  );
  const rows = lines.data?.items.map((line) => ({ ...line, id: String(line.line) }));
  return (
    <>
      <Group gap="xs" p="md" role="group" aria-label={t("imports.report.filter")}>
        {OUTCOMES.map((each) => (
          <Button
            key={each}
            size="compact-sm"
            variant={outcome === each ? "filled" : "default"}
            aria-pressed={outcome === each}
            onClick={() =>
              setSearch({ outcome: outcome === each ? undefined : each, page: 1, cursor: undefined })
            }
          >
            {t(`imports.outcomes.${each}`)}: {count(record.counts?.[each] ?? 0)}
          </Button>
        ))}
      </Group>
      <PlainTable caption={t("imports.report.title")} columns={useColumns()} rows={rows} />
      <Pager
        search={search}
        setSearch={setSearch}
        rows={rows?.length ?? 0}
        nextCursor={lines.data?.next_cursor ?? undefined}
      />
    </>
  );
}

function useColumns(): PlainColumn<Line & { id: string }>[] {
  const { t } = useTranslation();
  return [
    { id: "line", label: t("imports.report.line"), width: 70, align: "right", render: ({ line }) => line },
    {
      id: "outcome",
      label: t("imports.report.outcome"),
      width: 150,
      render: ({ outcome }) =>
        outcome === "unchecked" ? null : (
          <StatusBadge tone={TONES[outcome]}>{t(`imports.outcomes.${outcome}`)}</StatusBadge>
        ),
    },
    { id: "told", phone: true, label: t("imports.report.told"), render: (line) => <Told line={line} /> },
  ];
}

const fieldName = (t: (key: never) => string, name: string) => t(`imports.fields.${name}` as never);

function Told({ line }: { line: Line }) {
  const { t } = useTranslation();
  const changes = Object.entries(line.changes);
  if (!line.errors.length && !changes.length)
    return <>{line.cells.filter(Boolean).slice(0, 4).join(" · ")}</>;
  return (
    <ul className={classes.told}>
      {line.errors.map(({ field, column, code, detail }) => (
        <li key={`${field}:${code}`}>
          {(column || field) && <b>{column ?? fieldName(t, field ?? "")}: </b>}
          {fieldSentence(code, detail)}
        </li>
      ))}
      {changes.map(([field, [before, after]]) => (
        <li key={field}>
          <b>{fieldName(t, field)}:</b> {shown(before)} → {shown(after)}
        </li>
      ))}
    </ul>
  );

  function shown(value: unknown) {
    if (value === null || value === undefined || value === "") return "–";
    return typeof value === "boolean" ? t(value ? "common.yes" : "common.no") : String(value);
  }
}
