import { Skeleton } from "@mantine/core";
import { createFileRoute } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { useWorkspace } from "~/session/workspace";
import { Page } from "~/ui/Page";
import { Panel, Panels } from "~/ui/Panel";
import { requireRight } from "../-place";
import { SettingsForm } from "./-SettingsForm";

export const Route = createFileRoute("/_app/$organization/admin/settings")({
  beforeLoad: ({ context }) => requireRight(context.membership, "organization:write"),
  component: Settings,
});

/** What the organization is called and how it counts. */
function Settings() {
  const { t } = useTranslation();
  const { $api } = useWorkspace();
  const { data } = $api.useQuery("get", "/api/organization");
  return (
    <Page title={t("shell.settings.pages.settings")}>
      <Panels>
        {data ? (
          <SettingsForm key={data.id} organization={data} />
        ) : (
          <Panel title={t("organizations.settings.title")}>
            <Skeleton h={160} aria-busy />
          </Panel>
        )}
      </Panels>
    </Page>
  );
}
