import { Anchor } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { createFileRoute, Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { person, useMe } from "~/session/me";
import { Page } from "~/ui/Page";
import { Panel, Panels } from "~/ui/Panel";
import { PanelRow, PanelRows } from "~/ui/PanelRows";
import { RecordQuery } from "~/ui/RecordQuery";
import { EmailForm } from "./-EmailForm";
import { ProfileForm, profileQuery } from "./-ProfileForm";

export const Route = createFileRoute("/_app/me/profile")({ component: Profile });

/** Who one is here, and where one belongs. */
function Profile() {
  const { t } = useTranslation();
  const { organizations } = useMe();
  const query = useQuery(profileQuery, person.queryClient);
  return (
    <Page title={t("shell.settings.pages.profile")}>
      <Panels>
        <RecordQuery query={query}>
          {(profile) => (
            <>
              <ProfileForm profile={profile} />
              <EmailForm email={profile.email} />
            </>
          )}
        </RecordQuery>
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
