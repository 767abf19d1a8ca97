import { Alert, Radio, Select, Stack, TextInput } from "@mantine/core";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { invalidate } from "~/api/queries";
import { reloadMe } from "~/session/me";
import { type Organization, useWorkspace } from "~/session/workspace";
import { ifMatch } from "~/ui/archiving";
import { currencies, timeZones } from "~/ui/choices";
import { useConflict } from "~/ui/conflict";
import { changesOf, useSchemaForm } from "~/ui/form";
import { PanelForm } from "~/ui/Panel";
import { say } from "~/ui/toast";

const DAYS = ["monday", "sunday", "saturday"] as const;
const WRITERS = ["everyone", "managers"] as const;

const valuesOf = (organization: Organization) => ({
  name: organization.name,
  slug: organization.slug,
  currency: organization.currency,
  time_zone: organization.time_zone,
  week_start: organization.week_start as (typeof DAYS)[number],
  writers: organization.writers as (typeof WRITERS)[number],
});
type Values = ReturnType<typeof valuesOf>;

/** A setting as people read it, in the dialog about a conflict. */
function useReadable() {
  const { t } = useTranslation();
  return (name: string, value: unknown) => {
    if (name === "week_start") return t(`organizations.settings.days.${value as (typeof DAYS)[number]}`);
    if (name === "writers")
      return t(`organizations.settings.writers.${value as (typeof WRITERS)[number]}.name`);
    return String(value);
  };
}

export function SettingsForm({ organization }: { organization: Organization }) {
  const { t } = useTranslation();
  const { api, queryClient, slug } = useWorkspace();
  const navigate = useNavigate();
  const [saved, setSaved] = useState(organization);
  const initial = valuesOf(saved);
  const { saveOver, dialog } = useConflict({ room: "organizations", initial, readable: useReadable() });
  const form = useSchemaForm({
    model: "OrganizationEdit",
    room: "organizations",
    needed: ["name", "slug"],
    initial,
    save: async (values) => {
      const body = changesOf(values, initial) as never;
      const answer = await saveOver(values, saved.version, (over) =>
        api.PATCH("/api/organization", { body, headers: ifMatch(over) }),
      );
      const now = answer?.data ?? (await api.GET("/api/organization")).data;
      if (!now) return;
      setSaved(now);
      form.setValues(valuesOf(now) as never);
      form.settle(valuesOf(now) as never);
      await reloadMe();
      say(t("common.saved"));
      if (now.slug !== slug) await navigate({ to: `/${now.slug}/admin/settings`, replace: true });
      else await invalidate(queryClient, "/api/organization", "/api/auth/me");
    },
  });
  return (
    <>
      <PanelForm
        form={form}
        title={t("organizations.settings.title")}
        text={t("organizations.settings.text")}
      >
        <Fields form={form} savedSlug={saved.slug} />
      </PanelForm>
      {dialog}
    </>
  );
}

type FieldsProps = { form: ReturnType<typeof useSchemaForm<Values>>; savedSlug: string };

function Fields({ form, savedSlug }: FieldsProps) {
  const { t } = useTranslation();
  const { slug } = form.values;
  return (
    <>
      <TextInput {...form.field("name")} autoComplete="organization" />
      <TextInput
        {...form.field("slug")}
        description={t("organizations.settings.slugHint", { address: `${location.host}/${slug}` })}
        autoComplete="off"
        autoCapitalize="none"
        spellCheck={false}
      />
      {slug !== savedSlug && (
        <Alert color="yellow" role="status" title={t("organizations.settings.slugTitle")}>
          {t("organizations.settings.slugText", { before: savedSlug, after: slug })}
        </Alert>
      )}
      <Select
        {...form.field("currency")}
        description={t("organizations.settings.currencyHint")}
        data={currencies()}
        searchable
      />
      <Select
        {...form.field("time_zone")}
        description={t("organizations.settings.timeZoneHint")}
        data={timeZones(form.values.time_zone)}
        searchable
        limit={100}
      />
      <Select
        {...form.field("week_start")}
        data={DAYS.map((value) => ({ value, label: t(`organizations.settings.days.${value}`) }))}
      />
      <Radio.Group {...form.field("writers")}>
        <Stack gap={12} mt={6}>
          {WRITERS.map((value) => (
            <Radio
              key={value}
              value={value}
              label={t(`organizations.settings.writers.${value}.name`)}
              description={t(`organizations.settings.writers.${value}.text`)}
            />
          ))}
        </Stack>
      </Radio.Group>
    </>
  );
}
