import { Skeleton, Stack } from "@mantine/core";
import type { UseQueryResult } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { problemOf } from "~/api/problem";
import { ErrorState } from "./ErrorState";
import classes from "./Page.module.css";

type RecordQueryProps<R> = { query: UseQueryResult<R, unknown>; children: (record: R) => ReactNode };

/** The record once it is there; its shape while it is not; or why it will not come. */
export function RecordQuery<R>({ query, children }: RecordQueryProps<R>) {
  if (query.data) return children(query.data);
  if (query.error) return <ErrorState problem={problemOf(query.error)} retry={() => query.refetch()} />;
  return (
    <div className={classes.header} aria-busy>
      <Stack gap="lg" w="100%">
        <Skeleton h={24} w={280} />
        <Skeleton h={14} w="60%" />
        <Skeleton h={14} w="50%" />
        <Skeleton h={14} w="55%" />
      </Stack>
    </div>
  );
}
