import { ActionIcon, Button, Group, Tooltip } from "@mantine/core";
import { IconChevronLeft, IconChevronRight } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { useCommands } from "~/ui/commands";
import classes from "~/ui/time/hours.module.css";

type PeriodNavProps = {
  shown: string;
  labels: { previous: string; next: string; now: string };
  step: (by: 1 | -1) => void;
  goNow: () => void;
};

/** From one period to the next, with `[` and `]` as through records. */
export function PeriodNav({ shown, labels, step, goNow }: PeriodNavProps) {
  const { t } = useTranslation();
  useCommands(
    () => [
      { id: "period.previous", group: "list", keys: "[", label: labels.previous, run: () => step(-1) },
      { id: "period.next", group: "list", keys: "]", label: labels.next, run: () => step(1) },
    ],
    [t, shown],
  );
  return (
    <Group gap={4} wrap="nowrap">
      <Tooltip label={`${labels.previous} · [`}>
        <ActionIcon size={34} variant="default" aria-label={labels.previous} onClick={() => step(-1)}>
          <IconChevronLeft size={18} />
        </ActionIcon>
      </Tooltip>
      <Tooltip label={`${labels.next} · ]`}>
        <ActionIcon size={34} variant="default" aria-label={labels.next} onClick={() => step(1)}>
          <IconChevronRight size={18} />
        </ActionIcon>
      </Tooltip>
      <Button variant="subtle" color="gray" size="compact-sm" onClick={goNow}>
        {labels.now}
      </Button>
      <span className={classes.period} role="status">
        {shown}
      </span>
    </Group>
  );
}
