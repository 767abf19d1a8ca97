import { Alert, Anchor, Button, Stack } from "@mantine/core";
import { createFileRoute, Link, useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { person } from "~/session/me";
import { optionsQuery } from "~/session/options";
import { useSchemaForm } from "~/ui/form";
import { NewPassword } from "~/ui/NewPassword";
import { Entrance } from "./-Entrance";

export const Route = createFileRoute("/(identity)/reset")({
  loader: () => person.queryClient.ensureQueryData(optionsQuery),
  component: Reset,
});

/** The token stands in the fragment, which browsers send to nobody. */
const tokenOf = (hash: string) => new URLSearchParams(hash.replace(/^#/, "")).get("token");

function Reset() {
  const { t } = useTranslation();
  const options = Route.useLoaderData();
  const navigate = useNavigate();
  const [token] = useState(() => tokenOf(location.hash));
  const form = useSchemaForm({
    model: "ResetPasswordIn",
    room: "identity",
    isGuarded: false,
    initial: { new_password: "" },
    save: async ({ new_password }) => {
      await person.api.POST("/api/auth/reset-password", { body: { token: token ?? "", new_password } });
      await navigate({ to: "/login", search: { done: "password" }, replace: true });
    },
  });
  const signIn = (
    <Anchor component={Link} to="/login" fz="sm">
      {t("identity.reset.signIn")}
    </Anchor>
  );
  return (
    <Entrance title={t("identity.reset.title")} lead={t("identity.reset.lead")} foot={signIn}>
      {token ? (
        <form ref={form.element} onSubmit={form.onSubmit} noValidate>
          <Stack gap="md">
            {form.alert && (
              <Alert role="alert" color="red">
                {form.alert}
              </Alert>
            )}
            <NewPassword {...form.field("new_password")} rule={options.password_rule} />
            <Button type="submit" fullWidth loading={form.saving}>
              {t("identity.reset.submit")}
            </Button>
          </Stack>
        </form>
      ) : (
        <Alert color="yellow">{t("identity.reset.incomplete")}</Alert>
      )}
    </Entrance>
  );
}
