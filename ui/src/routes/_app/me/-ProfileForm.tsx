import { Select, TextInput } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { components } from "~/api/schema.gen";
import { person, reloadMe } from "~/session/me";
import { ifMatch } from "~/ui/archiving";
import { timeZones } from "~/ui/choices";
import { useConflict } from "~/ui/conflict";
import { changesOf, useSchemaForm } from "~/ui/form";
import { PanelForm } from "~/ui/Panel";
import { say } from "~/ui/toast";

type Profile = components["schemas"]["ProfileOut"];

export const profileQuery = person.$api.queryOptions("get", "/api/users/me", {});

const valuesOf = ({ full_name, phone, time_zone }: Profile) => ({
  full_name: full_name ?? "",
  phone: phone ?? "",
  time_zone: time_zone ?? "",
});

/** Name, phone and zone; the address has a way of its own. */
export function ProfileForm({ profile }: { profile: Profile }) {
  const { t } = useTranslation();
  const [saved, setSaved] = useState(profile);
  const initial = valuesOf(saved);
  const readable = (_name: string, value: unknown) => String(value || t("common.none"));
  const { saveOver, dialog } = useConflict({ room: "identity", initial, readable });
  const form = useSchemaForm({
    model: "ProfileEdit",
    room: "identity",
    initial,
    save: async (values) => {
      const body = changesOf(values, initial) as never;
      const answer = await saveOver(values, saved.version, (over) =>
        person.api.PATCH("/api/users/me", { body, headers: ifMatch(over) }),
      );
      const now = answer?.data ?? (await person.api.GET("/api/users/me")).data;
      if (!now) return;
      setSaved(now);
      form.setValues(valuesOf(now));
      form.settle(valuesOf(now));
      person.queryClient.setQueryData(profileQuery.queryKey, now);
      await reloadMe();
      say(t("common.saved"));
    },
  });
  const zone = form.field("time_zone");
  return (
    <>
      <PanelForm form={form} title={t("identity.profile.title")} text={t("identity.profile.text")}>
        <TextInput {...form.field("full_name")} autoComplete="name" />
        <TextInput {...form.field("phone")} type="tel" autoComplete="tel" />
        <Select
          {...zone}
          description={t("identity.profile.zoneHint")}
          placeholder={t("identity.profile.zoneNone")}
          value={zone.value || null}
          onChange={(value) => zone.onChange(value ?? "")}
          data={timeZones(profile.time_zone)}
          searchable
          clearable
          allowDeselect
          limit={100}
        />
      </PanelForm>
      {dialog}
    </>
  );
}
