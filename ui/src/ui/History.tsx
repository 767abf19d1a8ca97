import { Avatar, Button, Skeleton, Stack, Text } from "@mantine/core";
import { IconHistory } from "@tabler/icons-react";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { problemOf } from "~/api/problem";
import type { components } from "~/api/schema.gen";
import { useWorkspace } from "~/session/workspace";
import { EmptyState } from "./EmptyState";
import { ErrorState } from "./ErrorState";
import { When } from "./Facts";
import { labelOf } from "./form";
import { initials } from "./format";
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
  const { timeZone } = useWorkspace();
  const who = entry.actor.name ?? t("audit.system");
  const action = t(
    `audit.actions.${entry.action}` as never,
    { defaultValue: entry.action } as never,
  ) as unknown as string;
  const [, verb] = entry.action.split(".");
  const changes = Object.entries(entry.changes).filter(([name]) => isKnown(kind, name));
  return (
    <li className={classes.entry}>
      <Avatar size={28} radius="xl" color="gray" variant="light" aria-hidden>
        {initials(who)}
      </Avatar>
      <div className={classes.body}>
        <Text size="sm">
          <b>{who}</b> {action}{" "}
          <Text span size="xs" c="dimmed">
            <When at={entry.at} timeZone={timeZone} />
          </Text>
        </Text>
        {verb === "changed" && (
          <dl className={classes.changes}>
            {changes.map(([name, [before, after]]) => (
              <div key={name}>
                <dt>{labelOf(`${kind}s`, name)}</dt>
                <dd>
                  <del>{readable(name, before)}</del> <span aria-hidden>→</span>{" "}
                  <ins>{readable(name, after)}</ins>
                </dd>
              </div>
            ))}
          </dl>
        )}
      </div>
    </li>
  );
}

const isKnown = (kind: HistoryProps["kind"], name: string) =>
  labelOf(`${kind}s`, name) !== `${kind}s.fields.${name}`;

function HistorySkeleton() {
  return (
    <Stack gap="lg">
      {["70%", "45%", "60%"].map((width) => (
        <Skeleton key={width} h={14} w={width} />
      ))}
    </Stack>
  );
}
