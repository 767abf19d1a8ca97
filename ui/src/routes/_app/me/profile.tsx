import { Anchor } from "@mantine/core";
import { createFileRoute, Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { useMe } from "~/session/me";
import { Facts } from "~/ui/Facts";
import { Page } from "~/ui/Page";
import { Panel, Panels } from "~/ui/Panel";
import { PanelRow, PanelRows } from "~/ui/PanelRows";

export const Route = createFileRoute("/_app/me/profile")({ component: Profile });

/** Who one is here, and where one belongs. */
function Profile() {
  const { t } = useTranslation();
  const { user, organizations } = useMe();
  return (
    <Page title={t("shell.settings.pages.profile")}>
      <Panels>
        <Panel title={t("identity.profile.title")} text={t("identity.profile.text")}>
          <Facts
            facts={[
              { label: t("identity.fields.full_name"), value: user.full_name },
              { label: t("identity.fields.email"), value: user.email },
              { label: t("identity.fields.username"), value: user.username },
            ]}
          />
        </Panel>
        <Panel isFlush title={t("shell.organizations")} text={t("identity.profile.organizations")}>
          <PanelRows label={t("shell.organizations")}>
            {organizations.map(({ id, slug, name, role, member_number }) => (
              <PanelRow
                key={id}
                title={
                  <Anchor component={Link} to={`/${slug}`} fz="sm" fw={500}>
                    {name}
                  </Anchor>
                }
                note={`${t(`organizations.roles.${role}.name` as never)} · #${member_number}`}
              />
            ))}
          </PanelRows>
        </Panel>
      </Panels>
    </Page>
  );
}
