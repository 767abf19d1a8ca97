import { Alert, Button, Checkbox, CopyButton, Select, Stack, Text, TextInput } from "@mantine/core";
import { IconCheck, IconCopy } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { invalidate } from "~/api/queries";
import type { components } from "~/api/schema.gen";
import { asYourself } from "~/session/reauthenticate";
import { useRights } from "~/session/rights";
import { useWorkspace } from "~/session/workspace";
import { DrawerForm, FormDrawer } from "~/ui/FormDrawer";
import { useIdempotencyKey, useSchemaForm } from "~/ui/form";
import classes from "~/ui/Panel.module.css";

type NewKeyProps = { opened: boolean; onClose: () => void };
type Scopes = components["schemas"]["ApiKeyIn"]["scopes"];

/** Who comes in stays in the hands of people: the server gives these to no key. */
const NEVER = /^(keys|members|directory):/;
const DAYS = ["30", "90", "180", "365"] as const;

export function NewKey({ opened, onClose }: NewKeyProps) {
  const { t } = useTranslation();
  return (
    <FormDrawer title={t("identity.keys.new")} opened={opened} onClose={onClose}>
      <KeyForm onClose={onClose} />
    </FormDrawer>
  );
}

/** First the form, then the key, which is shown this once. */
function KeyForm({ onClose }: Omit<NewKeyProps, "opened">) {
  const { t } = useTranslation();
  const { api, queryClient, membership } = useWorkspace();
  const keyFor = useIdempotencyKey();
  const [made, setMade] = useState<string>();
  const [scopes, setScopes] = useState<string[]>([]);
  const [isMissing, setIsMissing] = useState(false);
  const form = useSchemaForm({
    model: "ApiKeyIn",
    room: "identity",
    initial: { name: "", expires_in_days: "90" },
    save: async ({ name, expires_in_days }) => {
      setIsMissing(!scopes.length);
      if (!scopes.length) return;
      const body = { name, expires_in_days: Number(expires_in_days), scopes: scopes as Scopes };
      const headers = { "Idempotency-Key": keyFor(body) };
      const answer = await asYourself(() => api.POST("/api/api-keys", { body, headers }));
      await invalidate(queryClient, "/api/api-keys");
      setMade(answer?.data?.key);
    },
  });
  if (made) return <MadeKey secret={made} onClose={onClose} />;
  return (
    <DrawerForm form={form} submitLabel={t("identity.keys.create")} onCancel={onClose}>
      <TextInput
        {...form.field("name")}
        description={t("identity.keys.nameHint")}
        data-autofocus
        autoComplete="off"
      />
      <Select
        {...form.field("expires_in_days")}
        data={DAYS.map((value) => ({ value, label: t("identity.keys.days", { count: Number(value) }) }))}
      />
      <Checkbox.Group
        label={t("identity.fields.scopes")}
        description={t("identity.keys.scopesHint")}
        error={isMissing && !scopes.length ? t("identity.keys.noScopes") : undefined}
        value={scopes}
        onChange={setScopes}
        withAsterisk
      >
        <ScopeChoices rights={membership.permissions.filter((right) => !NEVER.test(right))} />
      </Checkbox.Group>
    </DrawerForm>
  );
}

function ScopeChoices({ rights }: { rights: string[] }) {
  const { roomOf, nameOfRoom, nameOf } = useRights();
  const rooms = [...new Set(rights.map(roomOf))];
  return (
    <Stack gap="sm" mt={8}>
      {rooms.map((room) => (
        <Stack key={room} gap={8} role="group" aria-label={nameOfRoom(room)}>
          <Text size="xs" fw={600} c="dimmed" aria-hidden>
            {nameOfRoom(room)}
          </Text>
          {rights
            .filter((right) => roomOf(right) === room)
            .map((right) => (
              <Checkbox key={right} value={right} label={nameOf(right)} />
            ))}
        </Stack>
      ))}
    </Stack>
  );
}

function MadeKey({ secret, onClose }: { secret: string; onClose: () => void }) {
  const { t } = useTranslation();
  return (
    <Stack p="lg">
      <Alert color="yellow" role="alert" title={t("identity.keys.made.title")}>
        {t("identity.keys.made.text")}
      </Alert>
      <code className={classes.secret}>{secret}</code>
      <CopyButton value={secret}>
        {({ copy, copied }) => (
          <Button
            leftSection={copied ? <IconCheck size={16} /> : <IconCopy size={16} />}
            onClick={copy}
            data-autofocus
          >
            {t(copied ? "common.copied" : "identity.keys.made.copy")}
          </Button>
        )}
      </CopyButton>
      <Button variant="default" onClick={onClose}>
        {t("common.finish")}
      </Button>
    </Stack>
  );
}
