import { PasswordInput, type PasswordInputProps } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { useCapsLock } from "./caps-lock";

/** A password that can be shown, and a word when Caps Lock is on. */
export function PasswordField(input: PasswordInputProps) {
  const { t } = useTranslation();
  const [capsLock, watchCapsLock] = useCapsLock();
  return (
    <PasswordInput
      {...input}
      onKeyUp={watchCapsLock}
      description={capsLock ? t("identity.capsLock") : undefined}
      visibilityToggleButtonProps={{ "aria-label": t("identity.showPassword") }}
    />
  );
}
