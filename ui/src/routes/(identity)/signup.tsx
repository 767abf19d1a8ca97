import { Alert, Anchor, Button, Stack, TextInput } from "@mantine/core";
import { createFileRoute, Link, redirect, useRouter } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { findMe, person, reloadMe } from "~/session/me";
import { optionsQuery } from "~/session/options";
import { useSchemaForm } from "~/ui/form";
import { NewPassword } from "~/ui/NewPassword";
import { Code, type Pending } from "./-Code";
import { Entrance } from "./-Entrance";

export const Route = createFileRoute("/(identity)/signup")({
  beforeLoad: async () => {
    if (await findMe()) throw redirect({ to: "/", replace: true });
  },
  loader: () => person.queryClient.ensureQueryData(optionsQuery),
  component: SignUp,
});

function SignUp() {
  const { t } = useTranslation();
  const [pending, setPending] = useState<Pending>();
  const options = Route.useLoaderData();
  const router = useRouter();
  const enter = async () => {
    await reloadMe();
    router.history.push("/");
  };
  const form = useSchemaForm({
    model: "RegisterIn",
    room: "identity",
    isGuarded: false,
    initial: { full_name: "", organization_name: "", email: "", password: "" },
    save: async ({ full_name, organization_name, email, password }) => {
      const names = { full_name: full_name || null, organization_name: organization_name || null };
      const { data } = await person.api.POST("/api/auth/register", {
        body: { ...names, email, password, mode: "cookie", remember_me: true },
      });
      if (data?.status === "verification_pending") setPending({ email, resendAfter: data.resend_after });
      else await enter();
    },
  });
  const signIn = (
    <>
      {t("identity.signUp.haveAccount")}{" "}
      <Anchor component={Link} to="/login" fz="sm" underline="always">
        {t("identity.signIn.title")}
      </Anchor>
    </>
  );
  if (pending) return <Code pending={pending} onVerified={enter} onBack={() => setPending(undefined)} />;
  return (
    <Entrance title={t("identity.signUp.title")} lead={t("identity.signUp.lead")} foot={signIn}>
      <form ref={form.element} onSubmit={form.onSubmit} noValidate>
        <Stack gap="md">
          {form.alert && (
            <Alert role="alert" color="red">
              {form.alert}
            </Alert>
          )}
          <TextInput {...form.field("full_name")} autoComplete="name" />
          <TextInput {...form.field("organization_name")} autoComplete="organization" />
          <TextInput {...form.field("email")} type="email" autoComplete="username" inputMode="email" />
          <NewPassword
            {...form.field("password")}
            rule={options.password_rule}
            personal={[form.values.full_name, form.values.email, form.values.organization_name]}
          />
          <Button type="submit" fullWidth loading={form.saving}>
            {t("identity.signUp.submit")}
          </Button>
        </Stack>
      </form>
    </Entrance>
  );
}
