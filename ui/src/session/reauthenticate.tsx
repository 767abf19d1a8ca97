import { Alert, Button, Group, Stack, Text } from "@mantine/core";
import { modals } from "@mantine/modals";
import { useTranslation } from "react-i18next";
import { Problem, problemOf } from "~/api/problem";
import { i18next } from "~/i18n";
import { useSchemaForm } from "~/ui/form";
import { PasswordField } from "~/ui/PasswordField";
import { person } from "./me";

/** Run what wants a recent sign-in; where the last one is too long ago, ask for the password first. Null: it was not given. */
export async function asYourself<T>(run: () => Promise<T>): Promise<T | null> {
  try {
    return await run();
  } catch (error) {
    if (problemOf(error).code !== "reauthentication_required") throw error;
    return (await askForPassword()) ? run() : null;
  }
}

function askForPassword(): Promise<boolean> {
  return new Promise((resolve) => {
    const id = modals.open({
      title: i18next.t("identity.reauthenticate.title"),
      withCloseButton: false,
      zIndex: 400,
      onClose: () => resolve(false),
      children: (
        <PasswordQuestion
          close={(given) => {
            resolve(given);
            modals.close(id);
          }}
        />
      ),
    });
  });
}

/** Its own field says that a password is wrong; name and password were not asked for. */
export const wrongPassword = (field: string) => Problem.atField(field, "wrong_password");

function PasswordQuestion({ close }: { close: (given: boolean) => void }) {
  const { t } = useTranslation();
  const form = useSchemaForm({
    model: "ReauthenticateIn",
    room: "identity",
    isGuarded: false,
    initial: { password: "" },
    save: async ({ password }) => {
      try {
        await person.api.POST("/api/auth/reauthenticate", { body: { password } });
      } catch (error) {
        throw problemOf(error).code === "invalid_credentials" ? wrongPassword("password") : error;
      }
      close(true);
    },
  });
  return (
    <form ref={form.element} onSubmit={form.onSubmit} noValidate>
      <Stack gap="md">
        <Text size="sm">{t("identity.reauthenticate.text")}</Text>
        {form.alert && (
          <Alert role="alert" color="red">
            {form.alert}
          </Alert>
        )}
        <PasswordField {...form.field("password")} autoComplete="current-password" data-autofocus />
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={() => close(false)}>
            {t("common.cancel")}
          </Button>
          <Button type="submit" loading={form.saving}>
            {t("identity.reauthenticate.submit")}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
