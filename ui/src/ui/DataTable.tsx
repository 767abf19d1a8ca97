import { Checkbox, Group, Skeleton, Table, Text } from "@mantine/core";
import { IconArrowDown, IconArrowUp, IconSelector } from "@tabler/icons-react";
import type { UseQueryResult } from "@tanstack/react-query";
import { type ReactNode, useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { problemOf } from "~/api/problem";
import { ColumnMenu, useHiddenColumns } from "./ColumnMenu";
import { useCommands } from "./commands";
import classes from "./DataTable.module.css";
import { ErrorState } from "./ErrorState";
import { ExportMenu, type Exports } from "./ExportMenu";
import { Pager } from "./Pager";
import { type ListSearch, nextSort, rememberList } from "./table-search";

type Row = { id: string };

export type Column<R extends Row> = {
  /** Also the API's word for sorting by it. */
  id: string;
  label: string;
  render: (row: R) => ReactNode;
  sortable?: boolean;
  startsDescending?: boolean;
  align?: "right";
  width?: number;
  /** Stays on a phone; the first column always does. */
  phone?: boolean;
  /** Stands back behind what one looks for. */
  quiet?: boolean;
  /** Shown only when chosen. */
  optional?: boolean;
};

export type DataTableProps<R extends Row> = {
  name: string;
  /** What the table lists, for screen readers. */
  caption: string;
  columns: Column<R>[];
  search: ListSearch;
  setSearch: (changes: Partial<ListSearch>) => void;
  query: UseQueryResult<{ items: R[]; next_cursor?: string | null }, unknown>;
  count?: { total?: number | null; total_is_capped?: boolean | null };
  /** Where a row leads: to a page of its own, or a drawer over this one. */
  open: (row: R) => void;
  nameOf: (row: R) => string;
  /** Search, filters. */
  toolbar: ReactNode;
  /** Nothing was ever entered: there is nothing to search or filter either. */
  isBlank: boolean;
  empty: ReactNode;
  bulk?: (rows: R[], clear: () => void) => ReactNode;
  /** Where all rows come from as a file. */
  exports?: Exports;
};

const FIRST_ROWS = ["r1", "r2", "r3", "r4", "r5", "r6", "r7", "r8"];

/** The one grid: the server sorts, filters and pages; the address holds the state. */
export function DataTable<R extends Row>(props: DataTableProps<R>) {
  const {
    name,
    caption,
    columns,
    search,
    setSearch,
    query,
    count,
    open,
    nameOf,
    toolbar,
    isBlank,
    empty,
    bulk,
    exports,
  } = props;
  const { t } = useTranslation();
  const [hidden, toggleColumn] = useHiddenColumns(name, columns);
  const shown = columns.filter(({ id }) => !hidden.has(id));
  const rows = query.data?.items ?? [];
  const { active, selected, toggle, toggleAll, clear } = useRows(name, rows, open);
  const chosen = rows.filter(({ id }) => selected.has(id));

  if (query.error) return <ErrorState problem={problemOf(query.error)} retry={() => query.refetch()} />;
  const isEmpty = query.isSuccess && rows.length === 0;
  return (
    <>
      {!(isEmpty && isBlank) && (
        <div className={classes.toolbar}>
          {toolbar}
          <Group gap={4} ms="auto" visibleFrom="sm">
            {exports && <ExportMenu {...exports} />}
            <ColumnMenu columns={columns} hidden={hidden} toggle={toggleColumn} />
          </Group>
        </div>
      )}
      {bulk && chosen.length > 0 && (
        <section className={classes.bulk} aria-label={t("common.selection")}>
          <Text size="sm" fw={500}>
            {t("common.selected", { count: chosen.length })}
          </Text>
          {bulk(chosen, clear)}
        </section>
      )}
      {isEmpty ? (
        empty
      ) : (
        <div
          className={classes.scroll}
          aria-busy={query.isFetching}
          data-stale={query.isPlaceholderData || undefined}
        >
          <Table className={classes.table} aria-label={caption}>
            <Table.Thead>
              <Table.Tr>
                {bulk && (
                  <Table.Th scope="col" className={classes.check}>
                    <Checkbox
                      size="xs"
                      aria-label={t("common.selectAll")}
                      checked={rows.length > 0 && chosen.length === rows.length}
                      indeterminate={chosen.length > 0 && chosen.length < rows.length}
                      onChange={toggleAll}
                    />
                  </Table.Th>
                )}
                {shown.map((column) => (
                  <HeaderCell key={column.id} column={column} sort={search.sort} setSearch={setSearch} />
                ))}
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {query.isPending && <SkeletonRows cells={shown.length + (bulk ? 1 : 0)} />}
              {rows.map((row, index) => (
                <Table.Tr
                  key={row.id}
                  data-active={index === active || undefined}
                  data-selected={selected.has(row.id) || undefined}
                >
                  {bulk && (
                    <Table.Td className={classes.check}>
                      <Checkbox
                        size="xs"
                        aria-label={t("common.select", { name: nameOf(row) })}
                        checked={selected.has(row.id)}
                        onChange={() => toggle(row.id)}
                      />
                    </Table.Td>
                  )}
                  {shown.map((column) => (
                    <Table.Td
                      key={column.id}
                      data-align={column.align}
                      data-phone={column.phone}
                      data-quiet={column.quiet}
                    >
                      {column.render(row)}
                    </Table.Td>
                  ))}
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </div>
      )}
      <Pager
        search={search}
        setSearch={setSearch}
        rows={rows.length}
        nextCursor={query.data?.next_cursor ?? undefined}
        count={count}
      />
    </>
  );
}

function SkeletonRows({ cells }: { cells: number }) {
  const widths = Array.from({ length: cells }, (_, index) => ({
    id: `c${index}`,
    width: index === 0 ? "70%" : "45%",
  }));
  return FIRST_ROWS.map((row) => (
    <Table.Tr key={row} className={classes.skeleton}>
      {widths.map(({ id, width }) => (
        <Table.Td key={id} data-phone>
          <Skeleton h={10} w={width} />
        </Table.Td>
      ))}
    </Table.Tr>
  ));
}

type HeaderCellProps<R extends Row> = {
  column: Column<R>;
  sort: string;
  setSearch: (changes: Partial<ListSearch>) => void;
};

function HeaderCell<R extends Row>({ column, sort, setSearch }: HeaderCellProps<R>) {
  const { id, label, sortable, align, width, phone, startsDescending } = column;
  const direction = sort === id ? "ascending" : sort === `-${id}` ? "descending" : undefined;
  const Icon = direction ? (direction === "ascending" ? IconArrowUp : IconArrowDown) : IconSelector;
  return (
    <Table.Th scope="col" w={width} aria-sort={direction} data-align={align} data-phone={phone}>
      {sortable ? (
        <button
          type="button"
          className={classes.sort}
          onClick={() =>
            setSearch({ sort: nextSort(sort, id, startsDescending), page: 1, cursor: undefined })
          }
        >
          {label}
          <Icon size={13} aria-hidden data-idle={!direction || undefined} />
        </button>
      ) : (
        label
      )}
    </Table.Th>
  );
}

/** The row under the keyboard and the rows selected; both end with the page they belong to. */
function useRows<R extends Row>(name: string, rows: R[], open: (row: R) => void) {
  const { t } = useTranslation();
  const [active, setActive] = useState(-1);
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set());
  const ids = rows.map(({ id }) => id).join();
  const latest = useRef({ rows, active, open });
  latest.current = { rows, active, open };

  useEffect(() => {
    rememberList(name, ids.split(","));
    setActive(-1);
    setSelected((before) => new Set(ids.split(",").filter((id) => before.has(id))));
  }, [name, ids]);

  const toggle = (id: string) =>
    setSelected((before) => {
      const next = new Set(before);
      if (!next.delete(id)) next.add(id);
      return next;
    });
  const move = (by: number) =>
    setActive((at) => Math.max(0, Math.min(latest.current.rows.length - 1, at + by)));
  const withActive = (act: (row: R) => void) => () => {
    const row = latest.current.rows[latest.current.active];
    if (row) act(row);
  };

  useCommands(
    () => [
      {
        id: "list.next",
        group: "list",
        hidden: true,
        keys: "j",
        label: t("shell.keys.next"),
        run: () => move(1),
      },
      {
        id: "list.previous",
        group: "list",
        hidden: true,
        keys: "k",
        label: t("shell.keys.previous"),
        run: () => move(-1),
      },
      {
        id: "list.select",
        group: "list",
        hidden: true,
        keys: "x",
        label: t("shell.keys.select"),
        run: withActive((row) => toggle(row.id)),
      },
      {
        id: "list.open",
        group: "list",
        hidden: true,
        keys: "Enter",
        label: t("shell.keys.open"),
        run: withActive((row) => latest.current.open(row)),
      },
    ],
    [t],
  );
  useEffect(() => {
    if (active >= 0) document.querySelector("tr[data-active]")?.scrollIntoView({ block: "nearest" });
  }, [active]);

  const isAll = rows.length > 0 && rows.every(({ id }) => selected.has(id));
  const toggleAll = () => setSelected(new Set(isAll ? [] : rows.map(({ id }) => id)));
  return { active, selected, toggle, toggleAll, clear: () => setSelected(new Set()) };
}
