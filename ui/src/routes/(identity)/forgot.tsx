import { Alert, Anchor, Button, Stack, TextInput } from "@mantine/core";
import { createFileRoute, Link } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { person } from "~/session/me";
import { useSchemaForm } from "~/ui/form";
import { Entrance } from "./-Entrance";

export const Route = createFileRoute("/(identity)/forgot")({ component: Forgot });

function Forgot() {
  const { t } = useTranslation();
  const [isSent, setIsSent] = useState(false);
  const form = useSchemaForm({
    model: "ForgotPasswordIn",
    room: "identity",
    isGuarded: false,
    initial: { email: "" },
    save: async ({ email }) => {
      await person.api.POST("/api/auth/forgot-password", { body: { email } });
      setIsSent(true);
    },
  });
  const signIn = (
    <Anchor component={Link} to="/login" fz="sm">
      {t("identity.reset.signIn")}
    </Anchor>
  );
  return (
    <Entrance title={t("identity.forgot.title")} lead={t("identity.forgot.lead")} foot={signIn}>
      {isSent ? (
        <Alert role="status">{t("identity.forgot.sent")}</Alert>
      ) : (
        <form ref={form.element} onSubmit={form.onSubmit} noValidate>
          <Stack gap="md">
            {form.alert && (
              <Alert role="alert" color="red">
                {form.alert}
              </Alert>
            )}
            <TextInput {...form.field("email")} type="email" autoComplete="username" inputMode="email" />
            <Button type="submit" fullWidth loading={form.saving}>
              {t("identity.forgot.submit")}
            </Button>
          </Stack>
        </form>
      )}
    </Entrance>
  );
}
