import { ActionIcon, Button, SegmentedControl, Skeleton, Stack, Tooltip } from "@mantine/core";
import { IconBellCheck, IconCheck } from "@tabler/icons-react";
import { useInfiniteQuery } from "@tanstack/react-query";
import { createFileRoute, Link, type SearchSchemaInput, stripSearchParams } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { problemOf } from "~/api/problem";
import { invalidate } from "~/api/queries";
import { useWorkspace } from "~/session/workspace";
import { EmptyState } from "~/ui/EmptyState";
import { ErrorState } from "~/ui/ErrorState";
import { When } from "~/ui/Facts";
import { moment } from "~/ui/format";
import { Page } from "~/ui/Page";
import { oneOf } from "~/ui/table-search";
import classes from "~/ui/time/notices.module.css";
import { say, sayProblem } from "~/ui/toast";
import { type Notice, pathOfNotice, sentenceOfNotice } from "./-notice-words";
import { requireRight } from "./-place";
import { Snooze } from "./-Snooze";

const SHOWN = ["unread", "all"] as const;
type Search = { show: (typeof SHOWN)[number] };

export const Route = createFileRoute("/_app/$organization/notices")({
  beforeLoad: ({ context }) => requireRight(context.membership, "notices:read"),
  validateSearch: (raw: Partial<Search> & SearchSchemaInput): Search => ({
    show: oneOf(raw.show, SHOWN) ?? "unread",
  }),
  search: { middlewares: [stripSearchParams({ show: "unread" })] },
  component: Notices,
});

/** What one should know, the newest first. */
function Notices() {
  const { t } = useTranslation();
  const { api, queryClient, timeZone } = useWorkspace();
  const { show } = Route.useSearch();
  const navigate = Route.useNavigate();
  const query = useNotices(show);
  const notices = query.data?.pages.flatMap((page) => page?.items ?? []) ?? [];
  const refresh = () => invalidate(queryClient, "/api/notices");
  const readAll = () => api.POST("/api/notices/read-all").catch(sayProblem).finally(refresh);
  const read = (notice_id: string) =>
    api
      .POST("/api/notices/{notice_id}/read", { params: { path: { notice_id } } })
      .catch(sayProblem)
      .finally(refresh);
  const snooze = async (notice_id: string, until: string) => {
    try {
      await api.POST("/api/notices/{notice_id}/snooze", { params: { path: { notice_id } }, body: { until } });
      say(t("notices.snooze.done", { until: moment(until, timeZone) }));
    } catch (error) {
      sayProblem(error);
    } finally {
      await refresh();
    }
  };
  const choices = SHOWN.map((value) => ({
    value,
    label: t(value === "all" ? "notices.all" : "notices.onlyUnread"),
  }));
  return (
    <Page
      title={t("notices.title")}
      actions={
        notices.some(({ read_at }) => !read_at) && (
          <Button variant="default" leftSection={<IconBellCheck size={16} />} onClick={readAll}>
            {t("notices.readAll")}
          </Button>
        )
      }
    >
      <div className={classes.body}>
        <SegmentedControl
          aria-label={t("notices.list")}
          mb="md"
          value={show}
          data={choices}
          onChange={(value) => navigate({ search: { show: value as Search["show"] } })}
        />
        {query.error && <ErrorState problem={problemOf(query.error)} retry={() => query.refetch()} />}
        {query.isPending && <NoticesSkeleton />}
        {query.isSuccess && notices.length === 0 && (
          <EmptyState icon={IconBellCheck} title={t("notices.empty.title")} text={t("notices.empty.text")} />
        )}
        {notices.length > 0 && (
          <ul className={classes.list} aria-label={t("notices.list")}>
            {notices.map((notice) => (
              <NoticeRow
                key={notice.id}
                notice={notice}
                read={() => read(notice.id)}
                snooze={(until) => snooze(notice.id, until)}
              />
            ))}
          </ul>
        )}
        {query.hasNextPage && (
          <Button
            variant="default"
            mt="md"
            loading={query.isFetchingNextPage}
            onClick={() => query.fetchNextPage()}
          >
            {t("notices.more")}
          </Button>
        )}
      </div>
    </Page>
  );
}

function useNotices(show: Search["show"]) {
  const { api } = useWorkspace();
  const unread = show === "unread" ? ("true" as const) : undefined;
  return useInfiniteQuery({
    queryKey: ["get", "/api/notices", "pages", show],
    initialPageParam: undefined as string | undefined,
    queryFn: async ({ pageParam: cursor, signal }) =>
      (await api.GET("/api/notices", { params: { query: { unread, cursor } }, signal })).data,
    getNextPageParam: (page) => page?.next_cursor ?? undefined,
  });
}

type NoticeRowProps = { notice: Notice; read: () => unknown; snooze: (until: string) => unknown };

/** Following it reads it. */
function NoticeRow({ notice, read, snooze }: NoticeRowProps) {
  const { t } = useTranslation();
  const { at, timeZone } = useWorkspace();
  const path = pathOfNotice(notice);
  const sentence = sentenceOfNotice(notice);
  const isUnread = !notice.read_at;
  return (
    <li className={classes.notice} data-unread={isUnread || undefined}>
      {isUnread ? (
        <span className={classes.dot} role="img" aria-label={t("notices.isUnread")} />
      ) : (
        <span className={classes.dot} />
      )}
      <span className={classes.text}>
        {path ? (
          <Link to={at(path)} className={classes.link} onClick={() => isUnread && read()}>
            {sentence}
          </Link>
        ) : (
          sentence
        )}
        <small>
          <When at={notice.created_at} timeZone={timeZone} />
        </small>
      </span>
      <Snooze name={sentence} snooze={snooze} />
      {isUnread && (
        <Tooltip label={t("notices.read")}>
          <ActionIcon
            className={classes.check}
            aria-label={`${t("notices.read")}: ${sentence}`}
            onClick={read}
          >
            <IconCheck size={18} />
          </ActionIcon>
        </Tooltip>
      )}
    </li>
  );
}

function NoticesSkeleton() {
  return (
    <Stack gap="lg" aria-busy>
      {["60%", "45%", "70%"].map((width) => (
        <Skeleton key={width} h={14} w={width} />
      ))}
    </Stack>
  );
}
