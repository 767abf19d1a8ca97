import { Alert, Button, Group, Stack, Text, TextInput } from "@mantine/core";
import { modals } from "@mantine/modals";
import { useNavigate } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { i18next } from "~/i18n";
import { person, reloadMe } from "~/session/me";
import { useSchemaForm } from "~/ui/form";

/** Opens the question for a name; the new organization is where one works next. */
export function useNewOrganization() {
  const navigate = useNavigate();
  return () => {
    const enter = async (slug: string) => {
      modals.close(id);
      await navigate({ to: `/${slug}` });
    };
    const id = modals.open({
      title: i18next.t("organizations.new.title"),
      children: <NewOrganization enter={enter} close={() => modals.close(id)} />,
    });
  };
}

type NewOrganizationProps = { enter: (slug: string) => Promise<void>; close: () => void };

function NewOrganization({ enter, close }: NewOrganizationProps) {
  const { t } = useTranslation();
  const form = useSchemaForm({
    model: "OrganizationIn",
    room: "organizations",
    isGuarded: false,
    initial: { name: "" },
    save: async ({ name }) => {
      const { data } = await person.api.POST("/api/organizations", { body: { name } });
      await reloadMe();
      if (data) await enter(data.slug);
    },
  });
  return (
    <form ref={form.element} onSubmit={form.onSubmit} noValidate>
      <Stack gap="md">
        <Text size="sm" c="dimmed">
          {t("organizations.new.text")}
        </Text>
        {form.alert && (
          <Alert role="alert" color="red">
            {form.alert}
          </Alert>
        )}
        <TextInput {...form.field("name")} autoComplete="organization" data-autofocus />
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={close}>
            {t("common.cancel")}
          </Button>
          <Button type="submit" loading={form.saving}>
            {t("organizations.new.submit")}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
