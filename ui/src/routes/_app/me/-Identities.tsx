import { Button, TextInput } from "@mantine/core";
import { IconBuildingCommunity } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { components } from "~/api/schema.gen";
import { person } from "~/session/me";
import { asYourself } from "~/session/reauthenticate";
import { ask } from "~/ui/ask";
import { When } from "~/ui/Facts";
import { DrawerForm, FormDrawer } from "~/ui/FormDrawer";
import { useSchemaForm } from "~/ui/form";
import { Panel } from "~/ui/Panel";
import { PanelRow, PanelRows } from "~/ui/PanelRows";
import { PasswordField } from "~/ui/PasswordField";
import { say, sayProblem } from "~/ui/toast";

type Identity = components["schemas"]["IdentityOut"];

const identitiesQuery = person.$api.queryOptions("get", "/api/auth/identities", {});
const refresh = () => person.queryClient.invalidateQueries(identitiesQuery);

/** Accounts at company directories that sign one in. */
export function Identities() {
  const { t } = useTranslation();
  const { data } = useQuery(identitiesQuery, person.queryClient);
  const [isOpen, setIsOpen] = useState(false);
  const items = data?.items ?? [];
  return (
    <Panel
      isFlush
      title={t("identity.identities.title")}
      text={t("identity.identities.text")}
      action={
        <Button variant="default" size="xs" onClick={() => setIsOpen(true)}>
          {t("identity.identities.link")}
        </Button>
      }
    >
      <PanelRows label={t("identity.identities.title")}>
        {items.map((identity) => (
          <IdentityRow key={identity.id} identity={identity} />
        ))}
        {data && !items.length && <PanelRow title={t("identity.identities.none")} note={null} />}
      </PanelRows>
      <FormDrawer title={t("identity.identities.link")} opened={isOpen} onClose={() => setIsOpen(false)}>
        <LinkForm onClose={() => setIsOpen(false)} />
      </FormDrawer>
    </Panel>
  );
}

function IdentityRow({ identity: { id, account_id, username, linked_at } }: { identity: Identity }) {
  const { t } = useTranslation();
  const name = `${username} @ ${account_id}`;
  const unlink = async () => {
    const question = {
      title: t("identity.identities.unlink.title", { name }),
      text: t("identity.identities.unlink.text"),
      confirm: t("identity.identities.unlink.confirm"),
      isDangerous: true,
    };
    if (!(await ask(question))) return;
    try {
      const init = { params: { path: { identity_id: id } } };
      await asYourself(() => person.api.DELETE("/api/auth/identities/{identity_id}", init));
    } catch (error) {
      sayProblem(error);
    } finally {
      await refresh();
    }
  };
  return (
    <PanelRow
      icon={<IconBuildingCommunity size={18} stroke={1.7} />}
      title={name}
      note={
        <>
          {t("identity.identities.since")} <When at={linked_at} />
        </>
      }
      action={
        <Button
          variant="subtle"
          color="gray"
          size="xs"
          onClick={unlink}
          aria-label={t("identity.identities.unlink.named", { name })}
        >
          {t("identity.identities.unlink.confirm")}
        </Button>
      }
    />
  );
}

function LinkForm({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation();
  const form = useSchemaForm({
    model: "DirectoryIn",
    room: "identity",
    initial: { account_id: "", username: "", password: "" },
    save: async (body) => {
      const linked = await asYourself(() => person.api.POST("/api/auth/identities", { body }));
      if (!linked) return;
      await refresh();
      say(t("identity.identities.linked"));
      onClose();
    },
  });
  return (
    <DrawerForm form={form} submitLabel={t("identity.identities.link")} onCancel={onClose}>
      <TextInput
        {...form.field("account_id")}
        description={t("identity.directory.accountHint")}
        autoComplete="off"
        data-autofocus
      />
      <TextInput {...form.field("username")} autoComplete="off" />
      <PasswordField {...form.field("password")} autoComplete="off" />
    </DrawerForm>
  );
}
