import { ActionIcon, Group, Tabs, Tooltip } from "@mantine/core";
import { IconChevronDown, IconChevronUp } from "@tabler/icons-react";
import { useNavigate } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { useCommands } from "./commands";
import { Page } from "./Page";
import classes from "./RecordPage.module.css";
import { ArchivedBadge } from "./StatusBadge";
import { neighborsOf } from "./table-search";

type RecordPageProps = {
  list: { name: string; to: string; label: string };
  record: { id: string; number: number; name: string; archived_at?: string | null };
  actions: ReactNode;
  /** A list goes from edge to edge: `isFlush`. */
  tabs: { id: string; label: string; content: ReactNode; isFlush?: boolean }[];
  tab: string;
  setTab: (tab: string) => void;
  /** Facts beside the content. */
  aside: ReactNode;
  /** Forms over the record. */
  children?: ReactNode;
};

/** One record: name, number and state on top, its parts in tabs, its facts aside. */
export function RecordPage({ list, record, actions, tabs, tab, setTab, aside, children }: RecordPageProps) {
  const badges = (
    <Group gap={8}>
      <span className={classes.number}>#{record.number}</span>
      <ArchivedBadge at={record.archived_at} />
    </Group>
  );
  const steps = <Steps list={list} id={record.id} />;
  return (
    <Page
      title={record.name}
      badge={badges}
      parent={list}
      actions={
        <>
          {steps}
          {actions}
        </>
      }
    >
      <Tabs value={tab} onChange={(value) => setTab(value ?? "")} className={classes.tabs}>
        <Tabs.List className={classes.list}>
          {tabs.map(({ id, label }) => (
            <Tabs.Tab key={id} value={id}>
              {label}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        <div className={classes.columns}>
          <div
            className={classes.content}
            data-flush={tabs.find(({ id }) => id === tab)?.isFlush || undefined}
          >
            {tabs.map(({ id, content }) => (
              <Tabs.Panel key={id} value={id}>
                {content}
              </Tabs.Panel>
            ))}
          </div>
          <aside className={classes.aside}>{aside}</aside>
        </div>
      </Tabs>
      {children}
    </Page>
  );
}

/** Through the list one came from, record by record. */
function Steps({ list, id }: { list: RecordPageProps["list"]; id: string }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const { previous, next } = neighborsOf(list.name, id);
  const go = (to?: string) => to && navigate({ to: `${list.to}/${to}` });
  useCommands(
    () => [
      {
        id: "record.previous",
        group: "record",
        hidden: true,
        keys: "[",
        label: t("shell.keys.previousRecord"),
        run: () => go(previous),
      },
      {
        id: "record.next",
        group: "record",
        hidden: true,
        keys: "]",
        label: t("shell.keys.nextRecord"),
        run: () => go(next),
      },
    ],
    [t, previous, next],
  );
  if (!previous && !next) return null;
  return (
    <Group gap={2} visibleFrom="sm">
      <Tooltip label={`${t("shell.keys.previousRecord")} · [`}>
        <ActionIcon
          size="lg"
          aria-label={t("shell.keys.previousRecord")}
          disabled={!previous}
          onClick={() => go(previous)}
        >
          <IconChevronUp size={18} />
        </ActionIcon>
      </Tooltip>
      <Tooltip label={`${t("shell.keys.nextRecord")} · ]`}>
        <ActionIcon
          size="lg"
          aria-label={t("shell.keys.nextRecord")}
          disabled={!next}
          onClick={() => go(next)}
        >
          <IconChevronDown size={18} />
        </ActionIcon>
      </Tooltip>
    </Group>
  );
}
