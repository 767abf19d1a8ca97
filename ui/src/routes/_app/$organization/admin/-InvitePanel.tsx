import { Alert, List, Radio, Stack, Textarea } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { type Problem, problemOf } from "~/api/problem";
import { invalidate } from "~/api/queries";
import { useWorkspace } from "~/session/workspace";
import { DrawerForm, FormDrawer } from "~/ui/FormDrawer";
import { useSchemaForm } from "~/ui/form";
import { fieldSentence, sentenceOf } from "~/ui/problems";
import { say } from "~/ui/toast";
import { addressesOf } from "./-addresses";
import { ROLES, type Role } from "./-words";

type InvitePanelProps = { opened: boolean; address: string; onClose: () => void };

export function InvitePanel({ opened, address, onClose }: InvitePanelProps) {
  const { t } = useTranslation();
  return (
    <FormDrawer title={t("organizations.invite.title")} opened={opened} onClose={onClose}>
      <InviteForm address={address} onClose={onClose} />
    </FormDrawer>
  );
}

type Refused = { email: string; why: string };

/** The first wrong field says more than the sentence about the whole body. */
function whyOf(problem: Problem): string {
  const [field] = problem.fields;
  return field ? fieldSentence(field.code, field.detail) : sentenceOf(problem);
}

/** Several addresses at once; those refused stay in the field, each with its reason. */
function InviteForm({ address, onClose }: Omit<InvitePanelProps, "opened">) {
  const { t } = useTranslation();
  const { api, queryClient } = useWorkspace();
  const [refused, setRefused] = useState<Refused[]>([]);
  const form = useSchemaForm({
    model: "InvitationIn",
    room: "organizations",
    initial: { email: address, role: "user" as Role },
    save: async ({ email, role }) => {
      const all = addressesOf(email);
      const missed: Refused[] = [];
      for (const each of all) {
        try {
          await api.POST("/api/invitations", { body: { email: each, role } });
        } catch (error) {
          missed.push({ email: each, why: whyOf(problemOf(error)) });
        }
      }
      await invalidate(queryClient, "/api/invitations");
      const sent = all.length - missed.length;
      if (sent) say(t("organizations.invite.sent", { count: sent }));
      setRefused(missed);
      if (!missed.length) return onClose();
      form.setFieldValue("email", missed.map(({ email: left }) => left).join("\n") as never);
      form.settle();
    },
  });
  const { maxLength: _ofOneAddress, ...emails } = form.field("email");
  const role = form.field("role");
  const count = Math.max(1, addressesOf(form.values.email).length);
  return (
    <DrawerForm
      form={form}
      submitLabel={t("organizations.invite.submit", { count })}
      onCancel={onClose}
      notice={refused.length > 0 && <RefusedList refused={refused} />}
    >
      <Textarea
        {...emails}
        label={t("organizations.invite.emails")}
        description={t("organizations.invite.hint")}
        autosize
        minRows={3}
        maxRows={12}
        spellCheck={false}
        data-autofocus
      />
      <Radio.Group {...role} label={t("organizations.fields.role")}>
        <Stack gap={12} mt={6}>
          {ROLES.map((value) => (
            <Radio
              key={value}
              value={value}
              label={t(`organizations.roles.${value}.name`)}
              description={t(`organizations.roles.${value}.text`)}
            />
          ))}
        </Stack>
      </Radio.Group>
    </DrawerForm>
  );
}

function RefusedList({ refused }: { refused: Refused[] }) {
  const { t } = useTranslation();
  return (
    <Alert role="alert" color="red" title={t("organizations.invite.refused", { count: refused.length })}>
      <List size="sm" spacing={2}>
        {refused.map(({ email, why }) => (
          <List.Item key={email}>
            <b>{email}</b>: {why}
          </List.Item>
        ))}
      </List>
    </Alert>
  );
}
