import { Button, Menu, SegmentedControl } from "@mantine/core";
import { IconDownload, IconPlus } from "@tabler/icons-react";
import { createFileRoute, type SearchSchemaInput, stripSearchParams } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { download } from "~/api/download";
import { problemOf } from "~/api/problem";
import { useWorkspace } from "~/session/workspace";
import { useCommands } from "~/ui/commands";
import { ErrorState } from "~/ui/ErrorState";
import { FormDrawer } from "~/ui/FormDrawer";
import { dayRange, longDate, month } from "~/ui/format";
import { Page } from "~/ui/Page";
import { oneOf } from "~/ui/table-search";
import classes from "~/ui/time/hours.module.css";
import { useMyId } from "~/ui/time/me";
import { sayProblem } from "~/ui/toast";
import { dayAt, periodOf, readDay, SPANS, type Span, stepped } from "~/ui/zone";
import { requireRight } from "../-place";
import { DayList } from "./-DayList";
import { EntryForm } from "./-EntryForm";
import { MOST, useEntries } from "./-entries";
import { PeriodNav } from "./-PeriodNav";
import { SplitEntry } from "./-SplitEntry";
import { Tabs } from "./-Tabs";

const PANELS = ["new", "edit", "split"] as const;
type Search = { span: Span; day?: string; panel?: (typeof PANELS)[number]; entry?: string };

export const Route = createFileRoute("/_app/$organization/timesheets/")({
  beforeLoad: ({ context }) => requireRight(context.membership, "time:read"),
  validateSearch: (raw: Partial<Search> & SearchSchemaInput): Search => ({
    span: oneOf(raw.span, SPANS) ?? "week",
    day: readDay(raw.day),
    panel: oneOf(raw.panel, PANELS),
    entry: typeof raw.entry === "string" ? raw.entry : undefined,
  }),
  search: { middlewares: [stripSearchParams({ span: "week" })] },
  component: Days,
});

/** One's own entries of a period, by day. */
function Days() {
  const { t } = useTranslation();
  const { organization, can } = useWorkspace();
  const search = Route.useSearch();
  const navigate = Route.useNavigate();
  const today = dayAt(Date.now(), organization.time_zone);
  const day = search.day ?? today;
  const period = periodOf(search.span, day, organization.week_start);
  const query = useEntries(period.from, period.to);
  const setSearch = (changes: Partial<Search>) =>
    navigate({ search: (before) => ({ ...before, ...changes }) });
  const close = () => setSearch({ panel: undefined, entry: undefined });
  const openNew = () => setSearch({ panel: "new", entry: undefined });
  const mayWrite = can("time:write");
  useCommands(
    () =>
      mayWrite
        ? [{ id: "new", group: "create", keys: "n", label: t("timesheets.days.new"), run: openNew }]
        : [],
    [t, mayWrite],
  );
  const entry = query.data?.items.find(({ id }) => id === search.entry);
  const newDay = day >= period.from && search.span === "day" ? day : today;
  const shown = { day: longDate(day), week: dayRange(period.from, period.to), month: month(day) }[
    search.span
  ];
  return (
    <Page
      isList
      title={t("timesheets.title")}
      badge={<Tabs />}
      actions={
        <>
          <Export from={period.from} to={period.to} />
          {mayWrite && (
            <Button leftSection={<IconPlus size={16} />} onClick={openNew}>
              {t("timesheets.days.new")}
            </Button>
          )}
        </>
      }
    >
      <div className={classes.toolbar}>
        <PeriodNav
          shown={shown}
          labels={{
            previous: t("timesheets.days.previous"),
            next: t("timesheets.days.next"),
            now: t("timesheets.days.today"),
          }}
          step={(by) => setSearch({ day: stepped(search.span, day, by) })}
          goNow={() => setSearch({ day: undefined })}
        />
        <SegmentedControl
          size="xs"
          aria-label={t("timesheets.days.period")}
          value={search.span}
          onChange={(value) => setSearch({ span: value as Span })}
          data={SPANS.map((value) => ({ value, label: t(`timesheets.days.spans.${value}`) }))}
        />
      </div>
      {query.error ? (
        <ErrorState problem={problemOf(query.error)} retry={() => query.refetch()} />
      ) : (
        <DayList
          key={period.from + period.to}
          entries={query.data?.items}
          today={today}
          note={query.data?.isCut ? t("timesheets.days.tooMany", { count: MOST }) : undefined}
          openNew={openNew}
          open={(what, id) => setSearch({ panel: what === "duplicate" ? "new" : what, entry: id })}
        />
      )}
      <FormDrawer
        title={t(search.panel === "edit" ? "timesheets.days.edit" : "timesheets.days.new")}
        opened={search.panel === "new" || (search.panel === "edit" && entry !== undefined)}
        onClose={close}
      >
        <EntryForm
          entry={search.panel === "edit" ? entry : undefined}
          like={search.panel === "new" ? entry : undefined}
          day={newDay > today ? today : newDay}
          onClose={close}
        />
      </FormDrawer>
      {search.panel === "split" && entry && <SplitEntry entry={entry} onClose={close} />}
    </Page>
  );
}

/** The same entries as a file. */
function Export({ from, to }: { from: string; to: string }) {
  const { t } = useTranslation();
  const { slug } = useWorkspace();
  const member_id = useMyId();
  const [saving, setSaving] = useState(false);
  const save = (kind: "csv" | "xlsx") => {
    setSaving(true);
    const query = { member_id, day_from: from, day_to: to, sort: "started_at" };
    download(slug, `/api/time-entries.${kind}`, query)
      .catch(sayProblem)
      .finally(() => setSaving(false));
  };
  useCommands(
    () => [
      {
        id: "export",
        group: "list",
        keys: "shift+e",
        label: t("timesheets.days.export"),
        run: () => save("csv"),
      },
    ],
    [t, from, to, member_id],
  );
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <Button variant="default" loading={saving} leftSection={<IconDownload size={16} />}>
          {t("timesheets.days.export")}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item onClick={() => save("csv")}>{t("timesheets.days.csv")}</Menu.Item>
        <Menu.Item onClick={() => save("xlsx")}>{t("timesheets.days.xlsx")}</Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
