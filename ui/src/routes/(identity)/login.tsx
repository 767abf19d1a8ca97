import { Alert, Anchor, Button, Checkbox, Stack, TextInput } from "@mantine/core";
import { createFileRoute, Link, redirect, type SearchSchemaInput, useRouter } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { findMe, person, reloadMe, safeNext } from "~/session/me";
import { optionsQuery } from "~/session/options";
import { useSchemaForm } from "~/ui/form";
import { PasswordField } from "~/ui/PasswordField";
import { DirectorySignIn } from "./-DirectorySignIn";
import { Entrance } from "./-Entrance";

type Search = { next?: string; done?: "password"; way?: "company" };

export const Route = createFileRoute("/(identity)/login")({
  validateSearch: (raw: Record<string, unknown> & SearchSchemaInput): Search => ({
    next: typeof raw.next === "string" ? raw.next : undefined,
    done: raw.done === "password" ? "password" : undefined,
    way: raw.way === "company" ? "company" : undefined,
  }),
  beforeLoad: async ({ search }) => {
    if (await findMe()) throw redirect({ href: safeNext(search.next), replace: true });
  },
  loader: () => person.queryClient.ensureQueryData(optionsQuery),
  component: SignIn,
});

function SignIn() {
  const { t } = useTranslation();
  const { next, done, way } = Route.useSearch();
  const options = Route.useLoaderData();
  const router = useRouter();
  const [remember, setRemember] = useState(true);
  const enter = async () => {
    await reloadMe();
    router.history.push(safeNext(next));
  };
  const form = useSchemaForm({
    model: "LoginIn",
    room: "identity",
    isGuarded: false,
    initial: { identifier: "", password: "" },
    needed: ["identifier"],
    save: async ({ identifier, password }) => {
      const name = identifier.includes("@") ? { email: identifier } : { username: identifier };
      const body = { ...name, password, mode: "cookie" as const, remember_me: remember };
      await person.api.POST("/api/auth/login", { body });
      await enter();
    },
  });
  if (way === "company" && options.directory)
    return (
      <Entrance title={t("identity.directory.title")} lead={t("identity.directory.lead")}>
        <DirectorySignIn next={next} enter={enter} />
      </Entrance>
    );
  return (
    <Entrance
      title={t("identity.signIn.title")}
      lead={t("identity.signIn.lead")}
      foot={
        options.sign_up && (
          <>
            {t("identity.signIn.noAccount")}{" "}
            <Anchor component={Link} to="/signup" fz="sm" underline="always">
              {t("identity.signUp.title")}
            </Anchor>
          </>
        )
      }
    >
      <form ref={form.element} onSubmit={form.onSubmit} noValidate>
        <Stack gap="md">
          {done && !form.alert && <Alert role="status">{t("identity.reset.done")}</Alert>}
          {form.alert && (
            <Alert role="alert" color="red">
              {form.alert}
            </Alert>
          )}
          <TextInput
            {...form.field("identifier")}
            autoComplete="username"
            autoCapitalize="none"
            spellCheck={false}
          />
          <PasswordField {...form.field("password")} autoComplete="current-password" />
          <Anchor component={Link} to="/forgot" fz="sm">
            {t("identity.forgot.link")}
          </Anchor>
          <Checkbox
            label={t("identity.signIn.remember")}
            checked={remember}
            onChange={(event) => setRemember(event.currentTarget.checked)}
          />
          <Button type="submit" fullWidth loading={form.saving}>
            {t("identity.signIn.submit")}
          </Button>
          {options.directory && (
            <Button
              component={Link}
              to="/login"
              search={{ next, way: "company" } as never}
              variant="default"
              fullWidth
            >
              {t("identity.directory.title")}
            </Button>
          )}
        </Stack>
      </form>
    </Entrance>
  );
}
