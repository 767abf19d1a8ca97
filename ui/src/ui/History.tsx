import { Button, Skeleton, Stack } from "@mantine/core";
import { IconHistory } from "@tabler/icons-react";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { problemOf } from "~/api/problem";
import type { components } from "~/api/schema.gen";
import { useWorkspace } from "~/session/workspace";
import { EmptyState } from "./EmptyState";
import { ErrorState } from "./ErrorState";
import { labelOf } from "./form";
import { Happening } from "./Happening";
import classes from "./History.module.css";

type Entry = components["schemas"]["AuditRowOut"];
type HistoryProps = {
  kind: "customer" | "product" | "project" | "task";
  id: string;
  readable: (name: string, value: unknown) => string;
};

const PATH = "/api/audit/{kind}/{target_id}";

/** Who changed what about one record and when, newest first. */
export function History({ kind, id, readable }: HistoryProps) {
  const { api } = useWorkspace();
  const load: Load = async (cursor, signal) => {
    const params = { path: { kind, target_id: id }, query: { cursor } };
    return (await api.GET(PATH, { params, signal })).data;
  };
  return <Entries queryKey={["get", PATH, kind, id]} load={load} kind={kind} readable={readable} />;
}

type Load = (
  cursor: string | undefined,
  signal: AbortSignal,
) => Promise<{ items: Entry[]; next_cursor: string | null } | undefined>;

type EntriesProps = Pick<HistoryProps, "kind" | "readable"> & { queryKey: string[]; load: Load };

/** What happened, page by page, newest first. */
export function Entries({ queryKey, load, kind, readable }: EntriesProps) {
  const { t } = useTranslation();
  const query = useInfiniteQuery({
    queryKey,
    initialPageParam: undefined as string | undefined,
    queryFn: ({ pageParam, signal }) => load(pageParam, signal),
    getNextPageParam: (page) => page?.next_cursor ?? undefined,
  });
  const entries = query.data?.pages.flatMap((page) => page?.items ?? []) ?? [];

  if (query.error) return <ErrorState problem={problemOf(query.error)} retry={() => query.refetch()} />;
  if (query.isPending) return <HistorySkeleton />;
  if (!entries.length)
    return <EmptyState icon={IconHistory} title={t("audit.empty.title")} text={t("audit.empty.text")} />;
  return (
    <>
      <ol className={classes.list}>
        {entries.map((entry) => (
          <HistoryEntry key={entry.id} entry={entry} kind={kind} readable={readable} />
        ))}
      </ol>
      {query.hasNextPage && (
        <Button variant="default" loading={query.isFetchingNextPage} onClick={() => query.fetchNextPage()}>
          {t("audit.more")}
        </Button>
      )}
    </>
  );
}

type EntryProps = Pick<HistoryProps, "kind" | "readable"> & { entry: Entry };

function HistoryEntry({ entry, kind, readable }: EntryProps) {
  const { t } = useTranslation();
  const action = t(
    `audit.actions.${entry.action}` as never,
    { defaultValue: entry.action } as never,
  ) as unknown as string;
  const [, verb] = entry.action.split(".");
  const changes = Object.entries(entry.changes)
    .filter(([name]) => verb === "changed" && isKnown(kind, name))
    .map(([name, [before, after]]) => ({
      name: labelOf(`${kind}s`, name),
      before: readable(name, before),
      after: readable(name, after),
    }));
  return (
    <Happening who={entry.actor.name ?? t("audit.system")} what={action} at={entry.at} changes={changes} />
  );
}

const isKnown = (kind: HistoryProps["kind"], name: string) =>
  labelOf(`${kind}s`, name) !== `${kind}s.fields.${name}`;

export function HistorySkeleton() {
  return (
    <Stack gap="lg">
      {["70%", "45%", "60%"].map((width) => (
        <Skeleton key={width} h={14} w={width} />
      ))}
    </Stack>
  );
}
