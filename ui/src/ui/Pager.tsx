import { ActionIcon, Group, Text } from "@mantine/core";
import { IconChevronLeft, IconChevronRight } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { count as formatCount } from "./format";
import classes from "./Pager.module.css";
import { type ListSearch, PAGE_SIZE } from "./table-search";

type PagerProps = {
  search: Pick<ListSearch, "page">;
  setSearch: (changes: Pick<ListSearch, "page" | "cursor">) => void;
  rows: number;
  nextCursor?: string;
  count?: { total?: number | null; total_is_capped?: boolean | null };
};

/** Where in the list we are; announced whenever it changes. */
export function Pager({ search, setSearch, rows, nextCursor, count }: PagerProps) {
  const { t } = useTranslation();
  const first = (search.page - 1) * PAGE_SIZE + 1;
  const total = count?.total;
  const all = typeof total === "number" ? formatCount(total) + (count?.total_is_capped ? "+" : "") : "…";
  const range = t("common.range", {
    from: formatCount(first),
    to: formatCount(first + rows - 1),
    total: all,
  });
  const isSingle = search.page === 1 && !nextCursor;
  return (
    <div className={classes.pager}>
      <Text size="xs" c="dimmed" role="status" className={classes.range}>
        {rows === 0 ? t("common.noRows") : isSingle ? t("common.rows", { count: rows }) : range}
      </Text>
      {!isSingle && (
        <Group gap={4}>
          <ActionIcon
            aria-label={t("common.previousPage")}
            disabled={search.page === 1}
            onClick={() => setSearch({ page: search.page - 1, cursor: undefined })}
          >
            <IconChevronLeft size={18} />
          </ActionIcon>
          <ActionIcon
            aria-label={t("common.nextPage")}
            disabled={!nextCursor}
            onClick={() => setSearch({ page: search.page + 1, cursor: nextCursor })}
          >
            <IconChevronRight size={18} />
          </ActionIcon>
        </Group>
      )}
    </div>
  );
}
