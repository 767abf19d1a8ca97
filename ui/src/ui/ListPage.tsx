import { Button } from "@mantine/core";
import { IconArchive, IconArchiveOff, IconPlus, IconSearch } from "@tabler/icons-react";
import { useNavigate } from "@tanstack/react-router";
import type { ComponentType, ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { useCommands } from "./commands";
import { DataTable, type DataTableProps } from "./DataTable";
import { EmptyState } from "./EmptyState";
import { Explained, useRefusal } from "./Explained";
import { FilterMenu } from "./FilterMenu";
import { Page } from "./Page";
import { SearchBox } from "./SearchBox";
import type { ListSearch } from "./table-search";

type Row = { id: string; name: string; version: number };
type Changes = Partial<ListSearch> & { panel?: "new" };

type ListPageProps<R extends Row> = Pick<DataTableProps<R>, "columns" | "query" | "count" | "exports"> & {
  room: "customers" | "products" | "projects";
  pathOf: (row: R) => string;
  /** Beside the button that makes a new record. */
  links?: ReactNode;
  icon: ComponentType<{ size?: number; stroke?: number }>;
  mayWrite: boolean;
  search: ListSearch;
  setSearch: (changes: Changes) => void;
  /** The room's own filters, whether one is set, and how to clear them. */
  filters: ReactNode;
  /** Whether one of them offers what is archived, among other states. */
  hasOwnStatus?: boolean;
  isFiltered: boolean;
  clearFilters: () => void;
  changeMany: (verb: "archive" | "restore", rows: R[]) => Promise<unknown>;
  /** Forms over the list. */
  children: ReactNode;
};

/** A list of records that can be made, searched, filtered and archived. */
export function ListPage<R extends Row>(props: ListPageProps<R>) {
  const { room, icon, mayWrite, search, setSearch, filters, isFiltered, clearFilters, changeMany, children } =
    props;
  const navigate = useNavigate();
  const { t } = useTranslation();
  const openNew = () => setSearch({ panel: "new" });
  useCommands(
    () =>
      mayWrite ? [{ id: "new", group: "create", keys: "n", label: t(`${room}.new`), run: openNew }] : [],
    [t, room, mayWrite],
  );
  const newButton = (
    <Explained reason={useRefusal()(`${room}:write`)}>
      <Button leftSection={<IconPlus size={16} />} onClick={openNew}>
        {t(`${room}.new`)}
      </Button>
    </Explained>
  );
  const verb = search.archived ? "restore" : "archive";
  const VerbIcon = search.archived ? IconArchiveOff : IconArchive;
  const isNarrowed = isFiltered || search.archived || search.q !== "";
  return (
    <Page
      isList
      title={t(`${room}.title`)}
      actions={
        <>
          {props.links}
          {newButton}
        </>
      }
    >
      <DataTable
        {...props}
        name={room}
        caption={t(`${room}.title`)}
        open={(row) => navigate({ to: props.pathOf(row) })}
        nameOf={({ name }) => name}
        isBlank={!isNarrowed}
        toolbar={
          <>
            <SearchBox label={t(`${room}.search`)} value={search.q} onChange={(q) => setSearch({ q })} />
            {filters}
            {!props.hasOwnStatus && (
              <FilterMenu
                label={t("common.status")}
                value={search.archived ? "archived" : undefined}
                options={[{ value: "archived", label: t("common.archived") }]}
                onChange={(value) => setSearch({ archived: value === "archived" })}
              />
            )}
          </>
        }
        bulk={
          mayWrite
            ? (rows, clear) => (
                <Button
                  size="compact-sm"
                  variant="subtle"
                  leftSection={<VerbIcon size={15} />}
                  onClick={() => changeMany(verb, rows).then(clear)}
                >
                  {t(`common.${verb}`)}
                </Button>
              )
            : undefined
        }
        empty={
          isNarrowed ? (
            <EmptyState icon={IconSearch} title={t("common.noMatch.title")} text={t("common.noMatch.text")}>
              <Button variant="default" onClick={clearFilters}>
                {t("common.clearFilters")}
              </Button>
            </EmptyState>
          ) : (
            <EmptyState icon={icon} title={t(`${room}.empty.title`)} text={t(`${room}.empty.text`)}>
              {newButton}
            </EmptyState>
          )
        }
      />
      {children}
    </Page>
  );
}
