import { Avatar, Text } from "@mantine/core";
import type { ReactNode } from "react";
import { useWorkspace } from "~/session/workspace";
import { When } from "./Facts";
import { initials } from "./format";
import classes from "./History.module.css";

type Change = { name: string; before: string; after: string };
type HappeningProps = {
  who: string;
  what: ReactNode;
  at: string;
  /** Beside the time. */
  aside?: ReactNode;
  /** In the words of whoever did it. */
  reason?: string | null;
  changes?: Change[];
};

/** Who did what and when, as a sentence, with the values before and after. */
export function Happening({ who, what, at, aside, reason, changes = [] }: HappeningProps) {
  const { timeZone } = useWorkspace();
  return (
    <li className={classes.entry}>
      <Avatar size={28} radius="xl" color="gray" variant="light" aria-hidden>
        {initials(who)}
      </Avatar>
      <div className={classes.body}>
        <Text size="sm">
          <b>{who}</b> {what}{" "}
          <Text span size="xs" c="dimmed">
            <When at={at} timeZone={timeZone} />
          </Text>
          {aside}
        </Text>
        {reason && (
          <Text size="sm" c="dimmed" mt={2}>
            {reason}
          </Text>
        )}
        {changes.length > 0 && (
          <dl className={classes.changes}>
            {changes.map(({ name, before, after }) => (
              <div key={name}>
                <dt>{name}</dt>
                <dd>
                  <del>{before}</del> <span aria-hidden>→</span> <ins>{after}</ins>
                </dd>
              </div>
            ))}
          </dl>
        )}
      </div>
    </li>
  );
}
