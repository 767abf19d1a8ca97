import { useTranslation } from "react-i18next";
import { problemOf } from "~/api/problem";
import type { components } from "~/api/schema.gen";
import { person, useMe } from "~/session/me";
import { wrongPassword } from "~/session/reauthenticate";
import { useSchemaForm } from "~/ui/form";
import { NewPassword } from "~/ui/NewPassword";
import { PanelForm } from "~/ui/Panel";
import { PasswordField } from "~/ui/PasswordField";
import { say } from "~/ui/toast";
import { refreshDevices } from "./-Devices";

/** Another password; every other session ends. */
export function ChangePassword({ rule }: { rule: components["schemas"]["PasswordRule"] }) {
  const { t } = useTranslation();
  const { user } = useMe();
  const personal = [user.full_name, user.email, user.username].filter((text) => text !== null);
  const form = useSchemaForm({
    model: "ChangePasswordIn",
    room: "identity",
    initial: { current_password: "", new_password: "" },
    save: async (body) => {
      try {
        await person.api.POST("/api/auth/change-password", { body });
      } catch (error) {
        throw problemOf(error).code === "invalid_credentials" ? wrongPassword("current_password") : error;
      }
      form.restart();
      say(t("identity.password.done"));
      await refreshDevices();
    },
  });
  return (
    <PanelForm
      form={form}
      title={t("identity.password.title")}
      text={t("identity.password.text")}
      submitLabel={t("identity.password.submit")}
    >
      <input type="text" autoComplete="username" value={user.email ?? user.username ?? ""} readOnly hidden />
      <PasswordField {...form.field("current_password")} autoComplete="current-password" />
      <NewPassword {...form.field("new_password")} rule={rule} personal={personal} />
    </PanelForm>
  );
}
