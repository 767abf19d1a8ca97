import { Alert, Anchor, Button, Stack } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { person } from "~/session/me";
import { atItsField, CodeInput, Resend } from "~/ui/CodeInput";
import { useSchemaForm } from "~/ui/form";
import { Entrance } from "./-Entrance";

export type Pending = { email: string; resendAfter: number };

type CodeProps = { pending: Pending; onVerified: () => Promise<void>; onBack: () => void };

export function Code({ pending, onVerified, onBack }: CodeProps) {
  const { t } = useTranslation();
  const form = useSchemaForm({
    model: "VerifyEmailIn",
    room: "identity",
    isGuarded: false,
    initial: { otp: "" },
    save: async ({ otp }) => {
      const body = { email: pending.email, otp, mode: "cookie", remember_me: true } as const;
      await atItsField(() => person.api.POST("/api/auth/verify-email", { body }));
      await onVerified();
    },
  });
  return (
    <Entrance
      title={t("identity.code.title")}
      lead={t("identity.code.lead", { email: pending.email })}
      foot={
        <Resend
          after={pending.resendAfter}
          resend={() => person.api.POST("/api/auth/resend-otp", { body: { email: pending.email } })}
        />
      }
    >
      <form ref={form.element} onSubmit={form.onSubmit} noValidate>
        <Stack gap="md">
          {form.alert && (
            <Alert role="alert" color="red">
              {form.alert}
            </Alert>
          )}
          <CodeInput {...form.field("otp")} send={() => form.element.current?.requestSubmit()} autoFocus />
          <Button type="submit" fullWidth loading={form.saving}>
            {t("identity.code.submit")}
          </Button>
          <Anchor component="button" type="button" fz="sm" onClick={onBack}>
            {t("identity.code.back")}
          </Anchor>
        </Stack>
      </form>
    </Entrance>
  );
}
