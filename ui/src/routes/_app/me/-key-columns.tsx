import { Button, Text, Tooltip } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { invalidate } from "~/api/queries";
import type { components } from "~/api/schema.gen";
import { useRights } from "~/session/rights";
import { useWorkspace } from "~/session/workspace";
import { ask } from "~/ui/ask";
import { When } from "~/ui/Facts";
import type { PlainColumn } from "~/ui/PlainTable";
import { RowName } from "~/ui/RowLink";
import { say, sayProblem } from "~/ui/toast";

type ApiKey = components["schemas"]["ApiKeyOut"];

export function useKeyColumns(): PlainColumn<ApiKey>[] {
  const { t } = useTranslation();
  const { timeZone } = useWorkspace();
  const { nameOf } = useRights();
  return [
    {
      id: "name",
      label: t("identity.fields.name"),
      render: ({ name, prefix, is_mine, owner }) => (
        <RowName name={name} second={`erp_sk_${prefix}…`}>
          {!is_mine && (
            <Text span size="xs" c="dimmed">
              {owner}
            </Text>
          )}
        </RowName>
      ),
    },
    {
      id: "prefix",
      quiet: true,
      label: t("identity.keys.begins"),
      width: 190,
      render: ({ prefix }) => <code>{`erp_sk_${prefix}…`}</code>,
    },
    {
      id: "scopes",
      quiet: true,
      label: t("identity.fields.scopes"),
      width: 130,
      render: ({ scopes }) => (
        <Tooltip
          label={scopes.map(nameOf).join(", ")}
          multiline
          maw={320}
          events={{ hover: true, focus: true, touch: true }}
        >
          <Text span size="sm" tabIndex={0}>
            {t("identity.keys.scopes", { count: scopes.length })}
          </Text>
        </Tooltip>
      ),
    },
    {
      id: "last_used_at",
      quiet: true,
      label: t("identity.keys.used"),
      width: 150,
      render: ({ last_used_at }) =>
        last_used_at ? <When at={last_used_at} timeZone={timeZone} /> : t("identity.keys.never"),
    },
    {
      id: "expires_at",
      quiet: true,
      label: t("organizations.fields.expires"),
      width: 140,
      render: ({ expires_at }) => <When at={expires_at} timeZone={timeZone} />,
    },
    {
      id: "actions",
      phone: true,
      align: "right",
      width: 110,
      label: t("common.actions"),
      render: (key) => <Revoke apiKey={key} />,
    },
  ];
}

function Revoke({ apiKey: { id, name } }: { apiKey: ApiKey }) {
  const { t } = useTranslation();
  const { api, queryClient } = useWorkspace();
  const revoke = async () => {
    const question = {
      title: t("identity.keys.revoke.title", { name }),
      text: t("identity.keys.revoke.text"),
      confirm: t("identity.keys.revoke.confirm"),
      isDangerous: true,
    };
    if (!(await ask(question))) return;
    try {
      await api.DELETE("/api/api-keys/{key_id}", { params: { path: { key_id: id } } });
      say(t("identity.keys.revoke.done", { name }));
    } catch (error) {
      sayProblem(error);
    } finally {
      await invalidate(queryClient, "/api/api-keys");
    }
  };
  return (
    <Button
      variant="subtle"
      color="gray"
      size="compact-sm"
      onClick={revoke}
      aria-label={t("identity.keys.revoke.named", { name })}
    >
      {t("identity.keys.revoke.confirm")}
    </Button>
  );
}
