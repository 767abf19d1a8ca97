import { Button, Skeleton, Stack, Text } from "@mantine/core";
import { IconArrowRight, IconPlus } from "@tabler/icons-react";
import type { UseQueryResult } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import type { ComponentType, ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { problemOf } from "~/api/problem";
import { useWorkspace } from "~/session/workspace";
import { count } from "~/ui/format";
import classes from "~/ui/home.module.css";
import { sentenceOf } from "~/ui/problems";
import { rooms } from "./-rooms";

type Row = { id: string; name: string; note: string; side: ReactNode; to: string };
type RoomCardProps = {
  room: "customers" | "products";
  query: Counted;
  rows: Row[];
};
type Counted = UseQueryResult<{ total?: number | null; total_is_capped?: boolean | null }, unknown>;

/** How many there are in a room, and what changed last. */
export function RoomCard({ room, query, rows }: RoomCardProps) {
  const { t } = useTranslation();
  const { at, can } = useWorkspace();
  const words = { title: t(`${room}.title`), none: t(`${room}.empty.text`), all: t(`${room}.all`) };
  const icon = rooms.find(({ id }) => id === room)?.icon;
  return (
    <HomeCard id={room} icon={icon} to={at(`/${room}`)} words={words} query={query} rows={rows}>
      {can(`${room}:write`) && (
        <Button
          component={Link}
          to={at(`/${room}`)}
          search={{ panel: "new" } as never}
          size="compact-sm"
          variant="subtle"
          ms="auto"
          leftSection={<IconPlus size={14} />}
        >
          {t(`${room}.new`)}
        </Button>
      )}
    </HomeCard>
  );
}

type HomeCardProps = {
  id: string;
  icon?: ComponentType<{ size?: number; stroke?: number }>;
  to: string;
  words: { title: string; none: string; all: string };
  query: Counted;
  rows: Row[];
  /** What can be done right here. */
  children?: ReactNode;
};

/** The first rows of a list, and the way to the others; a failure stays in its card. */
export function HomeCard({ id, icon: Icon, to, words, query, rows, children }: HomeCardProps) {
  const total = query.data?.total;
  return (
    <section className={classes.card} aria-labelledby={`card-${id}`}>
      <div className={classes.cardHead}>
        {Icon && <Icon size={18} stroke={1.7} aria-hidden />}
        <h2 id={`card-${id}`}>
          <Link to={to}>{words.title}</Link>
        </h2>
        {typeof total === "number" && (
          <span className={classes.total}>
            {count(total)}
            {query.data?.total_is_capped && "+"}
          </span>
        )}
        {children}
      </div>
      {query.isPending && <CardSkeleton />}
      {query.isError && (
        <Text size="sm" p="md" role="alert">
          {sentenceOf(problemOf(query.error))}
        </Text>
      )}
      {query.isSuccess && rows.length === 0 && <p className={classes.none}>{words.none}</p>}
      <ul className={classes.rows}>
        {rows.map((row) => (
          <li key={row.id}>
            <Link to={row.to} className={classes.row}>
              <span className={classes.rowName}>{row.name}</span>
              <span className={classes.note}>{row.note}</span>
              <span className={classes.when}>{row.side}</span>
            </Link>
          </li>
        ))}
      </ul>
      {rows.length > 0 && (
        <Link to={to} className={classes.all}>
          {words.all} <IconArrowRight size={14} aria-hidden />
        </Link>
      )}
    </section>
  );
}

function CardSkeleton() {
  return (
    <Stack gap="md" p="md">
      {["60%", "45%", "70%"].map((width) => (
        <Skeleton key={width} h={12} w={width} />
      ))}
    </Stack>
  );
}
