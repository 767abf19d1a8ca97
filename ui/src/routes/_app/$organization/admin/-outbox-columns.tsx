import { Box, Button, Text } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { i18next } from "~/i18n";
import { useWorkspace } from "~/session/workspace";
import type { Column } from "~/ui/DataTable";
import { Explained, useRefusal } from "~/ui/Explained";
import { When } from "~/ui/Facts";
import { RowName } from "~/ui/RowLink";
import { StatusBadge } from "~/ui/StatusBadge";
import type { JobRow } from "./-outbox";

const TONES = { waiting: "waiting", done: "good", dead: "bad" } as const;

/** Which mail or job it is, in words; one of tomorrow keeps the server's. */
export function nameOfJob({ kind, mail }: JobRow): string {
  const key = mail ? `mails.${mail}` : `kinds.${kind}`;
  return i18next.t(
    `organizations.outbox.${key}` as never,
    { defaultValue: mail ?? kind } as never,
  ) as unknown as string;
}

type Resend = (id: string, name: string) => unknown;

export function useOutboxColumns(resend: Resend): Column<JobRow>[] {
  const { t } = useTranslation();
  const { timeZone } = useWorkspace();
  return [
    {
      id: "what",
      label: t("organizations.outbox.fields.what"),
      render: (job) => <What job={job} />,
    },
    {
      id: "to",
      label: t("organizations.outbox.fields.to"),
      width: 240,
      quiet: true,
      render: ({ to }) => to,
    },
    {
      id: "state",
      label: t("organizations.outbox.fields.state"),
      width: 130,
      render: ({ state }) => (
        <StatusBadge tone={TONES[state]}>{t(`organizations.outbox.states.${state}`)}</StatusBadge>
      ),
    },
    {
      id: "attempts",
      label: t("organizations.outbox.fields.attempts"),
      width: 90,
      align: "right",
      quiet: true,
      render: ({ attempts }) => attempts,
    },
    {
      id: "run_at",
      label: t("organizations.outbox.fields.next"),
      width: 150,
      quiet: true,
      optional: true,
      render: ({ state, run_at }) => state === "waiting" && <When at={run_at} timeZone={timeZone} />,
    },
    {
      id: "created_at",
      label: t("organizations.outbox.fields.created"),
      width: 150,
      quiet: true,
      sortable: true,
      startsDescending: true,
      render: ({ created_at }) => <When at={created_at} timeZone={timeZone} />,
    },
    {
      id: "actions",
      label: t("common.actions"),
      width: 140,
      phone: true,
      align: "right",
      render: (job) => <Again job={job} resend={resend} />,
    },
  ];
}

/** What it is, and what went wrong. */
function What({ job }: { job: JobRow }) {
  const { t } = useTranslation();
  const state = t(`organizations.outbox.states.${job.state}`);
  return (
    <Box py={job.last_error ? 8 : 0}>
      <RowName name={nameOfJob(job)} second={job.to ? `${state} · ${job.to}` : state} />
      {job.last_error && (
        <Text size="xs" c="var(--mantine-color-error)" maw={520} style={{ whiteSpace: "normal" }}>
          {job.last_error.replace(/: *$/, "")}
        </Text>
      )}
    </Box>
  );
}

function Again({ job, resend }: { job: JobRow; resend: Resend }) {
  const { t } = useTranslation();
  const refusal = useRefusal();
  const isMail = job.mail !== null;
  if (job.state === "done" && !job.can_be_resent) return null;
  const ended = t(isMail ? "organizations.outbox.wiped" : "organizations.outbox.ended");
  const verb = job.state === "waiting" ? "retry" : "resend";
  const name = nameOfJob(job);
  return (
    <Explained reason={refusal("outbox:resend") ?? (job.can_be_resent ? undefined : ended)}>
      <Button
        variant="subtle"
        color="gray"
        size="compact-sm"
        aria-label={t(`organizations.outbox.${verb}Named`, { name: job.to ? `${name}, ${job.to}` : name })}
        onClick={() => resend(job.id, name)}
      >
        {t(`organizations.outbox.${verb}`)}
      </Button>
    </Explained>
  );
}
