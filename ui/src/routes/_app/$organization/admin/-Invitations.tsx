import { Button, Group } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { invalidate } from "~/api/queries";
import type { components } from "~/api/schema.gen";
import { useWorkspace } from "~/session/workspace";
import { Explained, useRefusal } from "~/ui/Explained";
import { When } from "~/ui/Facts";
import { ListSection, type PlainColumn, PlainTable } from "~/ui/PlainTable";
import { RowName } from "~/ui/RowLink";
import { say, sayProblem } from "~/ui/toast";
import type { Role } from "./-words";

type Invitation = components["schemas"]["InvitationOut"];

/** Who was asked and has not answered yet. */
export function Invitations() {
  const { t } = useTranslation();
  const { $api } = useWorkspace();
  const { data } = $api.useQuery("get", "/api/invitations");
  const columns = useInvitationColumns();
  if (!data?.items.length) return null;
  return (
    <ListSection
      title={t("organizations.invitations.title")}
      status={t("organizations.invitations.count", { count: data.items.length })}
    >
      <PlainTable caption={t("organizations.invitations.title")} columns={columns} rows={data.items} />
    </ListSection>
  );
}

function useInvitationColumns(): PlainColumn<Invitation>[] {
  const { t } = useTranslation();
  const { timeZone } = useWorkspace();
  return [
    {
      id: "email",
      label: t("identity.fields.email"),
      render: ({ email, role }) => (
        <RowName name={email} second={t(`organizations.roles.${role as Role}.name`)} />
      ),
    },
    {
      id: "role",
      label: t("organizations.fields.role"),
      width: 170,
      render: ({ role }) => t(`organizations.roles.${role as Role}.name`),
    },
    {
      id: "expires_at",
      quiet: true,
      label: t("organizations.fields.expires"),
      width: 150,
      render: ({ expires_at }) => <When at={expires_at} timeZone={timeZone} />,
    },
    {
      id: "actions",
      phone: true,
      label: t("common.actions"),
      align: "right",
      width: 200,
      render: (invitation) => <InvitationActions invitation={invitation} />,
    },
  ];
}

function InvitationActions({ invitation: { id, email, role } }: { invitation: Invitation }) {
  const { t } = useTranslation();
  const { api, queryClient } = useWorkspace();
  const reason = useRefusal()("members:invite");
  const attempt = async (run: () => Promise<unknown>, done: string) => {
    try {
      await run();
      say(done);
    } catch (error) {
      sayProblem(error);
    } finally {
      await invalidate(queryClient, "/api/invitations");
    }
  };
  const resend = () =>
    attempt(
      () => api.POST("/api/invitations", { body: { email, role: role as Role } }),
      t("organizations.invitations.resent", { email }),
    );
  const withdraw = () =>
    attempt(
      () => api.DELETE("/api/invitations/{invitation_id}", { params: { path: { invitation_id: id } } }),
      t("organizations.invitations.withdrawn", { email }),
    );
  const verbs = [
    { verb: "resend", run: resend },
    { verb: "withdraw", run: withdraw },
  ] as const;
  return (
    <Group gap={4} justify="flex-end" wrap="nowrap">
      {verbs.map(({ verb, run }) => (
        <Explained key={verb} reason={reason}>
          <Button
            variant="subtle"
            color="gray"
            size="compact-sm"
            aria-label={t(`organizations.invitations.${verb}Named`, { email })}
            onClick={run}
          >
            {t(`organizations.invitations.${verb}`)}
          </Button>
        </Explained>
      ))}
    </Group>
  );
}
