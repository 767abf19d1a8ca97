import { Alert, Anchor, Button, Stack, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { createFileRoute, Link, useRouter } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { problemOf } from "~/api/problem";
import type { components } from "~/api/schema.gen";
import { findMe, person, reloadMe } from "~/session/me";
import { optionsQuery } from "~/session/options";
import { useSchemaForm } from "~/ui/form";
import { NewPassword } from "~/ui/NewPassword";
import { sentenceOf } from "~/ui/problems";
import { Entrance } from "./-Entrance";

export const Route = createFileRoute("/(identity)/invite")({
  loader: async () => ({
    me: await findMe(),
    options: await person.queryClient.ensureQueryData(optionsQuery),
  }),
  component: Invite,
});

type Shown = components["schemas"]["InvitationShown"];

/** The token stands in the fragment, which browsers send to nobody. */
const tokenOf = (hash: string) => new URLSearchParams(hash.replace(/^#/, "")).get("token") ?? "";

function Invite() {
  const { t } = useTranslation();
  const { me } = Route.useLoaderData();
  const [token] = useState(() => tokenOf(location.hash));
  const invitation = useQuery({
    queryKey: ["invitation", token],
    retry: false,
    queryFn: async () => {
      const { data } = await person.api.POST("/api/invitations/read", { body: { token } });
      return data as Shown;
    },
  });
  if (invitation.error)
    return (
      <Entrance title={t("identity.invite.gone")} lead={sentenceOf(problemOf(invitation.error))}>
        {null}
      </Entrance>
    );
  if (!invitation.data) return null;
  const { organization, email, has_account } = invitation.data;
  return (
    <Entrance
      title={t("identity.invite.title", { organization })}
      lead={t("identity.invite.lead", { email })}
    >
      {me ? (
        <Accept token={token} />
      ) : has_account ? (
        <Stack gap="md">
          <Alert>{t("identity.invite.signInFirst")}</Alert>
          <Anchor component={Link} to="/login" fz="sm">
            {t("identity.signIn.title")}
          </Anchor>
        </Stack>
      ) : (
        <Join token={token} email={email} />
      )}
    </Entrance>
  );
}

function Accept({ token }: { token: string }) {
  const { t } = useTranslation();
  const router = useRouter();
  const form = useSchemaForm({
    model: "InvitationLinkIn",
    room: "identity",
    isGuarded: false,
    initial: {},
    save: async () => {
      const { data } = await person.api.POST("/api/invitations/accept", { body: { token } });
      await reloadMe();
      router.history.push(`/${data?.slug ?? ""}`);
    },
  });
  return (
    <form ref={form.element} onSubmit={form.onSubmit} noValidate>
      <Stack gap="md">
        {form.alert && (
          <Alert role="alert" color="red">
            {form.alert}
          </Alert>
        )}
        <Button type="submit" fullWidth loading={form.saving}>
          {t("identity.invite.accept")}
        </Button>
      </Stack>
    </form>
  );
}

function Join({ token, email }: { token: string; email: string }) {
  const { t } = useTranslation();
  const { options } = Route.useLoaderData();
  const router = useRouter();
  const form = useSchemaForm({
    model: "RegisterIn",
    room: "identity",
    isGuarded: false,
    initial: { full_name: "", password: "" },
    save: async ({ full_name, password }) => {
      const body = { email, full_name: full_name || null, password, invitation_token: token };
      await person.api.POST("/api/auth/register", { body: { ...body, mode: "cookie", remember_me: true } });
      await reloadMe();
      router.history.push("/");
    },
  });
  return (
    <form ref={form.element} onSubmit={form.onSubmit} noValidate>
      <Stack gap="md">
        {form.alert && (
          <Alert role="alert" color="red">
            {form.alert}
          </Alert>
        )}
        <TextInput label={t("identity.fields.email")} value={email} readOnly autoComplete="username" />
        <TextInput {...form.field("full_name")} autoComplete="name" />
        <NewPassword {...form.field("password")} rule={options.password_rule} />
        <Button type="submit" fullWidth loading={form.saving}>
          {t("identity.invite.join")}
        </Button>
      </Stack>
    </form>
  );
}
