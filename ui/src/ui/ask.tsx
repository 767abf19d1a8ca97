import { Text } from "@mantine/core";
import { modals } from "@mantine/modals";
import { i18next } from "~/i18n";

type Question = { title: string; text: string; confirm: string; isDangerous?: boolean };

/** Ask before something that cannot be taken back. */
export function ask({ title, text, confirm, isDangerous }: Question): Promise<boolean> {
  return new Promise((resolve) => {
    modals.openConfirmModal({
      title,
      children: <Text size="sm">{text}</Text>,
      labels: { confirm, cancel: i18next.t("common.cancel") },
      confirmProps: isDangerous ? { color: "red.8" } : {},
      onConfirm: () => resolve(true),
      onClose: () => resolve(false),
      cancelProps: { "data-autofocus": true },
      withCloseButton: false,
      zIndex: 400,
    });
  });
}
