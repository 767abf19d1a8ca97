import { Button, Group, Stack, Text, Textarea } from "@mantine/core";
import { modals } from "@mantine/modals";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";

type Question = { title: string; text: string; confirm: string };

/** Ask why before something that others will be told about; null when it is not to happen. */
export function askForReason({ title, ...question }: Question): Promise<string | null> {
  return new Promise((resolve) => {
    const close = (reason: string | null) => {
      resolve(reason);
      modals.close(id);
    };
    const id = modals.open({
      title,
      zIndex: 400,
      onClose: () => resolve(null),
      children: <ReasonForm {...question} close={close} />,
    });
  });
}

const LONGEST = 500;

type ReasonFormProps = Omit<Question, "title"> & { close: (reason: string | null) => void };

function ReasonForm({ text, confirm, close }: ReasonFormProps) {
  const { t } = useTranslation();
  const [reason, setReason] = useState("");
  const [isWrong, setIsWrong] = useState(false);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (reason.trim()) close(reason.trim());
    else setIsWrong(true);
  };
  return (
    <form onSubmit={submit} noValidate>
      <Stack gap="md">
        <Text size="sm">{text}</Text>
        <Textarea
          data-autofocus
          required
          autosize
          minRows={2}
          maxLength={LONGEST}
          label={t("common.reason")}
          error={isWrong && !reason.trim() && t("problems.fields.missing")}
          value={reason}
          onChange={(event) => setReason(event.currentTarget.value)}
        />
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={() => close(null)}>
            {t("common.cancel")}
          </Button>
          <Button type="submit">{confirm}</Button>
        </Group>
      </Stack>
    </form>
  );
}
