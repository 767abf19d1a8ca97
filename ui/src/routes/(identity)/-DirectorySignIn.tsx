import { Alert, Anchor, Button, Checkbox, Stack, TextInput } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { person } from "~/session/me";
import { useSchemaForm } from "~/ui/form";
import { PasswordField } from "~/ui/PasswordField";

type DirectorySignInProps = { next?: string; enter: () => Promise<void> };

/** In by the account one has at one's company; each refusal has a sentence of its own. */
export function DirectorySignIn({ next, enter }: DirectorySignInProps) {
  const { t } = useTranslation();
  const form = useSchemaForm({
    model: "DirectoryLoginIn",
    room: "identity",
    isGuarded: false,
    initial: { account_id: "", username: "", password: "", remember_me: true },
    save: async (values) => {
      await person.api.POST("/api/auth/login/directory", { body: { ...values, mode: "cookie" } });
      await enter();
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
        <TextInput
          {...form.field("account_id")}
          description={t("identity.directory.accountHint")}
          autoComplete="organization"
          autoCapitalize="none"
          spellCheck={false}
          autoFocus
        />
        <TextInput
          {...form.field("username")}
          autoComplete="username"
          autoCapitalize="none"
          spellCheck={false}
        />
        <PasswordField {...form.field("password")} autoComplete="current-password" />
        <Checkbox {...form.check("remember_me")} label={t("identity.signIn.remember")} />
        <Button type="submit" fullWidth loading={form.saving}>
          {t("identity.signIn.submit")}
        </Button>
        <Anchor component={Link} to="/login" search={{ next } as never} fz="sm">
          {t("identity.directory.back")}
        </Anchor>
      </Stack>
    </form>
  );
}
