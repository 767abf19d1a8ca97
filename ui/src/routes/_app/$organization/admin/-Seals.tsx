import { Button, CopyButton, Group, Text } from "@mantine/core";
import { IconCheck, IconCopy } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import type { components } from "~/api/schema.gen";
import { useWorkspace } from "~/session/workspace";
import { When } from "~/ui/Facts";
import { StatusBadge } from "~/ui/StatusBadge";

type Status = components["schemas"]["AuditStatusOut"];
const LATE_MS = 3_600_000;

/** How far what happened is sealed against being changed. */
export function Seals() {
  const { t } = useTranslation();
  const { $api, timeZone } = useWorkspace();
  const { data } = $api.useQuery("get", "/api/audit/status");
  if (!data) return null;
  const state = stateOf(data);
  return (
    <Group component="section" aria-label={t("trail.seals.title")} gap="xs" px="var(--gutter)" mb="md">
      <StatusBadge tone={TONES[state]}>{t(`trail.seals.${state}`)}</StatusBadge>
      {data.sealed_up_to && (
        <Text size="sm" c="dimmed">
          {t("trail.seals.changes", { count: data.sealed })}{" "}
          <When at={data.sealed_up_to} timeZone={timeZone} />
        </Text>
      )}
      {data.head && <Head hash={data.head} />}
    </Group>
  );
}

const TONES = { none: "quiet", whole: "good", waiting: "good", late: "bad" } as const;

function stateOf({ sealed, waiting_since, events_waiting_since }: Status): keyof typeof TONES {
  const waiting = [waiting_since, events_waiting_since].filter((at) => at !== null);
  if (waiting.some((at) => Date.now() - Date.parse(at) > LATE_MS)) return "late";
  if (waiting.length > 0) return "waiting";
  return sealed > 0 ? "whole" : "none";
}

/** Whoever keeps it elsewhere can tell later whether the chain was written anew. */
function Head({ hash }: { hash: string }) {
  const { t } = useTranslation();
  return (
    <CopyButton value={hash}>
      {({ copy, copied }) => (
        <Button
          variant="subtle"
          color="gray"
          size="compact-xs"
          rightSection={copied ? <IconCheck size={13} /> : <IconCopy size={13} />}
          aria-label={t(copied ? "trail.seals.copied" : "trail.seals.copy")}
          title={t("trail.seals.headHint")}
          ff="monospace"
          onClick={copy}
        >
          {hash.slice(0, 12)}…
        </Button>
      )}
    </CopyButton>
  );
}
