import { Button, Switch, Textarea, TextInput } from "@mantine/core";
import { IconTrash } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { invalidate } from "~/api/queries";
import type { components } from "~/api/schema.gen";
import { useWorkspace } from "~/session/workspace";
import { ifMatch } from "~/ui/archiving";
import { ask } from "~/ui/ask";
import { DrawerForm, FormDrawer } from "~/ui/FormDrawer";
import { useIdempotencyKey, useSchemaForm } from "~/ui/form";
import { sayProblem } from "~/ui/toast";
import { RoleMap } from "./-RoleMap";
import type { Role } from "./-words";

export type Connection = components["schemas"]["DirectoryConnectionOut"];
type PanelProps = { connection?: Connection; opened: boolean; onClose: () => void };

export function ConnectionPanel({ connection, opened, onClose }: PanelProps) {
  const { t } = useTranslation();
  const title = t(connection ? "organizations.directory.edit" : "organizations.directory.new");
  return (
    <FormDrawer title={title} opened={opened} onClose={onClose}>
      <ConnectionForm connection={connection} onClose={onClose} />
    </FormDrawer>
  );
}

const PATH = "/api/directory-connections/{connection_id}";

/** Which account of the directory, who may join by it, and as what. */
function ConnectionForm({ connection, onClose }: Omit<PanelProps, "opened">) {
  const { t } = useTranslation();
  const { api, queryClient } = useWorkspace();
  const keyFor = useIdempotencyKey();
  const [roles, setRoles] = useState(Object.entries(connection?.role_map ?? {}) as [string, Role][]);
  const params = { path: { connection_id: connection?.id ?? "" } };
  const form = useSchemaForm({
    model: "DirectoryConnectionIn",
    room: "organizations",
    initial: {
      account_id: connection?.account_id ?? "",
      jit_provision: connection?.jit_provision ?? true,
      allowed_domains: (connection?.allowed_domains ?? []).join("\n"),
    },
    save: async ({ account_id, jit_provision, allowed_domains }) => {
      const role_map = Object.fromEntries(roles.filter(([group]) => group.trim()));
      const domains = allowed_domains.split(/[\s,;]+/).filter(Boolean);
      const who = { jit_provision, role_map, allowed_domains: domains };
      if (connection)
        await api.PATCH(PATH, { params, body: who as never, headers: ifMatch(connection.version) });
      else {
        const body = { ...who, account_id };
        const headers = { "Idempotency-Key": keyFor(body) };
        await api.POST("/api/directory-connections", { body: body as never, headers });
      }
      await invalidate(queryClient, "/api/directory-connections");
      onClose();
    },
  });
  return (
    <DrawerForm
      form={form}
      submitLabel={t("common.save")}
      onCancel={onClose}
      aside={connection && <Disconnect connection={connection} onClose={onClose} />}
    >
      <TextInput
        {...form.field("account_id")}
        description={t("organizations.directory.accountHint")}
        readOnly={connection !== undefined}
        autoComplete="off"
        data-autofocus
      />
      <Switch {...form.check("jit_provision")} description={t("organizations.directory.joinHint")} />
      <Textarea
        {...form.field("allowed_domains")}
        description={t("organizations.directory.domainsHint")}
        autosize
        minRows={2}
        maxRows={8}
        spellCheck={false}
      />
      <RoleMap roles={roles} setRoles={setRoles} />
    </DrawerForm>
  );
}

function Disconnect({ connection, onClose }: { connection: Connection; onClose: () => void }) {
  const { t } = useTranslation();
  const { api, queryClient } = useWorkspace();
  const disconnect = async () => {
    const question = {
      title: t("organizations.directory.end.title", { name: connection.account_id }),
      text: t("organizations.directory.end.text"),
      confirm: t("organizations.directory.end.confirm"),
      isDangerous: true,
    };
    if (!(await ask(question))) return;
    try {
      const params = { path: { connection_id: connection.id } };
      await api.DELETE(PATH, { params, headers: ifMatch(connection.version) });
      onClose();
    } catch (error) {
      sayProblem(error);
    } finally {
      await invalidate(queryClient, "/api/directory-connections");
    }
  };
  return (
    <Button variant="subtle" color="red" leftSection={<IconTrash size={16} />} onClick={disconnect}>
      {t("organizations.directory.end.confirm")}
    </Button>
  );
}
