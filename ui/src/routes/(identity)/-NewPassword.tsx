import { PasswordInput, type PasswordInputProps } from "@mantine/core";
import { IconCheck, IconPoint } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import type { components } from "~/api/schema.gen";
import classes from "~/ui/entrance.module.css";
import { useCapsLock } from "./-caps-lock";
import { type Rule, rulesFor } from "./-password";

type NewPasswordProps = PasswordInputProps & { value: string; rule: components["schemas"]["PasswordRule"] };

/** A new password with the server's rule beside it, ticked off while one types. */
export function NewPassword({ rule, ...input }: NewPasswordProps) {
  const { t } = useTranslation();
  const [capsLock, watchCapsLock] = useCapsLock();
  const values = { min: rule.min_length, waived: rule.composition_waived_from };
  return (
    <div>
      <PasswordInput
        {...input}
        autoComplete="new-password"
        onKeyUp={watchCapsLock}
        description={capsLock ? t("identity.capsLock") : undefined}
        visibilityToggleButtonProps={{ "aria-label": t("identity.showPassword") }}
      />
      <ul className={classes.rules} aria-label={t("identity.rules.title")}>
        {rulesFor(input.value, rule).map(({ id, met }: Rule) => (
          <li key={id} data-met={met || undefined}>
            {met ? (
              <IconCheck size={14} aria-label={t("identity.rules.met")} />
            ) : (
              <IconPoint size={14} aria-hidden />
            )}
            {t(`identity.rules.${id}`, values)}
          </li>
        ))}
      </ul>
    </div>
  );
}
