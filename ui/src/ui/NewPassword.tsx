import type { PasswordInputProps } from "@mantine/core";
import { IconCheck, IconPoint, IconX } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import type { components } from "~/api/schema.gen";
import classes from "./Password.module.css";
import { PasswordField } from "./PasswordField";
import { type Rule, rulesFor, strengthOf } from "./password";

type NewPasswordProps = PasswordInputProps & {
  value: string;
  rule: components["schemas"]["PasswordRule"];
  /** Names and addresses of the person, which the password must not contain. */
  personal?: readonly string[];
};

const STEPS = ["weak", "fair", "good", "strong"] as const;

/** A new password with the server's rules beside it, ticked off while one types, and how strong it is. */
export function NewPassword({ rule, personal = [], ...input }: NewPasswordProps) {
  const { t } = useTranslation();
  const values = { min: rule.min_length, waived: rule.composition_waived_from };
  const { value } = input;
  const strength = value ? strengthOf(value, rule, personal) : undefined;
  const reached = strength ? STEPS.indexOf(strength) : -1;
  return (
    <div>
      <PasswordField {...input} autoComplete="new-password" />
      <div className={classes.meter} data-strength={strength}>
        <span className={classes.bar} aria-hidden>
          {STEPS.map((step, index) => (
            <span key={step} data-reached={index <= reached || undefined} />
          ))}
        </span>
        <output className={classes.word}>{strength && t(`identity.strength.${strength}`)}</output>
      </div>
      <ul className={classes.rules} aria-label={t("identity.rules.title")}>
        {rulesFor(value, rule, personal).map((each) => (
          <li
            key={each.id}
            data-met={each.met || undefined}
            data-broken={each.id === "personal" || undefined}
          >
            <RuleMark rule={each} />
            {t(`identity.rules.${each.id}`, values)}
          </li>
        ))}
      </ul>
    </div>
  );
}

function RuleMark({ rule: { id, met } }: { rule: Rule }) {
  const { t } = useTranslation();
  if (met) return <IconCheck size={14} aria-label={t("identity.rules.met")} />;
  return id === "personal" ? <IconX size={14} aria-hidden /> : <IconPoint size={14} aria-hidden />;
}
