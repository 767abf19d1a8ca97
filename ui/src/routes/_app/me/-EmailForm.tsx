import { Text, TextInput } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { person, reloadMe } from "~/session/me";
import { asYourself } from "~/session/reauthenticate";
import { atItsField, CodeInput, Resend } from "~/ui/CodeInput";
import { useSchemaForm } from "~/ui/form";
import { PanelForm } from "~/ui/Panel";
import { say } from "~/ui/toast";
import { profileQuery } from "./-ProfileForm";

type Pending = { email: string; after: number };

/** Another address: asked for first, and proved by the code mailed to it. */
export function EmailForm({ email }: { email: string | null }) {
  const [pending, setPending] = useState<Pending>();
  if (pending) return <Confirm pending={pending} onDone={() => setPending(undefined)} />;
  return <Ask email={email} onAsked={setPending} />;
}

async function ask(email: string): Promise<Pending | undefined> {
  const answer = await asYourself(() => person.api.POST("/api/users/me/email", { body: { email } }));
  return answer?.data && { email, after: answer.data.resend_after };
}

function Ask({ email, onAsked }: { email: string | null; onAsked: (pending: Pending) => void }) {
  const { t } = useTranslation();
  const form = useSchemaForm({
    model: "EmailChangeIn",
    room: "identity",
    initial: { email: "" },
    save: async (values) => {
      const pending = await ask(values.email);
      if (pending) onAsked(pending);
    },
  });
  return (
    <PanelForm
      form={form}
      title={t("identity.email.title")}
      text={email ? t("identity.email.present", { email }) : t("identity.email.none")}
      submitLabel={t("identity.email.ask")}
    >
      <TextInput
        {...form.field("email")}
        label={t("identity.email.new")}
        type="email"
        inputMode="email"
        autoComplete="email"
      />
    </PanelForm>
  );
}

function Confirm({ pending, onDone }: { pending: Pending; onDone: () => void }) {
  const { t } = useTranslation();
  const form = useSchemaForm({
    model: "EmailConfirmIn",
    room: "identity",
    isGuarded: false,
    initial: { otp: "" },
    save: async (body) => {
      await atItsField(() => person.api.POST("/api/users/me/email/confirm", { body }));
      await Promise.all([reloadMe(), person.queryClient.invalidateQueries(profileQuery)]);
      say(t("identity.email.done", { email: pending.email }));
      onDone();
    },
  });
  return (
    <PanelForm
      form={form}
      title={t("identity.email.title")}
      text={t("identity.code.lead", { email: pending.email })}
      submitLabel={t("identity.code.submit")}
      aside={<Resend after={pending.after} resend={() => ask(pending.email)} />}
    >
      <CodeInput
        {...form.field("otp")}
        send={() => form.element.current?.requestSubmit()}
        autoFocus
        maw={200}
      />
      <Text fz="sm" c="dimmed">
        {t("identity.email.oldHint")}
      </Text>
    </PanelForm>
  );
}
