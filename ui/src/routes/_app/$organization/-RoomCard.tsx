import { Button, Skeleton, Stack, Text } from "@mantine/core";
import { IconArrowRight, IconPlus } from "@tabler/icons-react";
import type { UseQueryResult } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { problemOf } from "~/api/problem";
import { useWorkspace } from "~/session/workspace";
import { When } from "~/ui/Facts";
import { count } from "~/ui/format";
import classes from "~/ui/home.module.css";
import { sentenceOf } from "~/ui/problems";
import { rooms } from "./-rooms";

type Row = { id: string; name: string; note: string; updated_at: string; to: string };
type RoomCardProps = {
  room: "customers" | "products";
  query: UseQueryResult<{ total?: number | null; total_is_capped?: boolean | null }, unknown>;
  rows: Row[];
};

/** How many there are and what changed last; a failure stays in its card. */
export function RoomCard({ room, query, rows }: RoomCardProps) {
  const { t } = useTranslation();
  const { at, can, timeZone } = useWorkspace();
  const Icon = rooms.find(({ id }) => id === room)?.icon;
  const total = query.data?.total;
  return (
    <section className={classes.card} aria-labelledby={`card-${room}`}>
      <div className={classes.cardHead}>
        {Icon && <Icon size={18} stroke={1.7} aria-hidden />}
        <h2 id={`card-${room}`}>
          <Link to={at(`/${room}`)}>{t(`${room}.title`)}</Link>
        </h2>
        {typeof total === "number" && (
          <span className={classes.total}>
            {count(total)}
            {query.data?.total_is_capped && "+"}
          </span>
        )}
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
      </div>
      {query.isPending && <CardSkeleton />}
      {query.isError && (
        <Text size="sm" p="md" role="alert">
          {sentenceOf(problemOf(query.error))}
        </Text>
      )}
      {query.isSuccess && rows.length === 0 && <p className={classes.none}>{t(`${room}.empty.text`)}</p>}
      <ul className={classes.rows}>
        {rows.map(({ id, name, note, updated_at, to }) => (
          <li key={id}>
            <Link to={to} className={classes.row}>
              <span className={classes.rowName}>{name}</span>
              <span className={classes.note}>{note}</span>
              <span className={classes.when}>
                <When at={updated_at} timeZone={timeZone} />
              </span>
            </Link>
          </li>
        ))}
      </ul>
      {rows.length > 0 && (
        <Link to={at(`/${room}`)} className={classes.all}>
          {t(`${room}.all`)} <IconArrowRight size={14} aria-hidden />
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
