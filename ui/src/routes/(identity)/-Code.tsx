import { Alert, Anchor, Button, Stack, Text, TextInput } from "@mantine/core";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { person } from "~/session/me";
import { useSchemaForm } from "~/ui/form";
import { Entrance } from "./-Entrance";

export type Pending = { email: string; resendAfter: number };

/** The code that was mailed: one field, sent by itself at six digits. */
export function Code({ pending, onVerified }: { pending: Pending; onVerified: () => Promise<void> }) {
  const { t } = useTranslation();
  const form = useSchemaForm({
    model: "VerifyEmailIn",
    room: "identity",
    isGuarded: false,
    initial: { otp: "" },
    save: async ({ otp }) => {
      await person.api.POST("/api/auth/verify-email", {
        body: {
          email: pending.email,
          otp,
          mode: "cookie",
          remember_me: true,
        },
      });
      await onVerified();
    },
  });
  const field = form.field("otp");
  const { element } = form;
  const isComplete = /^[0-9]{6}$/.test(field.value);
  useEffect(() => {
    if (isComplete) element.current?.requestSubmit();
  }, [isComplete, element]);
  return (
    <Entrance
      title={t("identity.code.title")}
      lead={t("identity.code.lead", { email: pending.email })}
      foot={<Resend pending={pending} />}
    >
      <form ref={element} onSubmit={form.onSubmit} noValidate>
        <Stack gap="md">
          {form.alert && (
            <Alert role="alert" color="red">
              {form.alert}
            </Alert>
          )}
          <TextInput {...field} autoComplete="one-time-code" inputMode="numeric" autoFocus />
          <Button type="submit" fullWidth loading={form.saving}>
            {t("identity.code.submit")}
          </Button>
        </Stack>
      </form>
    </Entrance>
  );
}

function Resend({ pending }: { pending: Pending }) {
  const { t } = useTranslation();
  const [left, setLeft] = useState(pending.resendAfter);
  useEffect(() => {
    const timer = setInterval(() => setLeft((seconds) => Math.max(0, seconds - 1)), 1000);
    return () => clearInterval(timer);
  }, []);
  if (left > 0)
    return (
      <Text fz="sm" c="dimmed">
        {t("identity.code.wait", { seconds: left })}
      </Text>
    );
  const resend = async () => {
    setLeft(pending.resendAfter);
    await person.api.POST("/api/auth/resend-otp", { body: { email: pending.email } });
  };
  return (
    <Anchor component="button" type="button" fz="sm" onClick={resend}>
      {t("identity.code.resend")}
    </Anchor>
  );
}
