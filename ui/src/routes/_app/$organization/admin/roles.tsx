import { createFileRoute } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { useWorkspace } from "~/session/workspace";
import { Page } from "~/ui/Page";
import classes from "~/ui/Page.module.css";
import { RecordQuery } from "~/ui/RecordQuery";
import { requireRight } from "../-place";
import { RoleMatrix } from "./-RoleMatrix";

export const Route = createFileRoute("/_app/$organization/admin/roles")({
  beforeLoad: ({ context }) => requireRight(context.membership, "members:read"),
  component: Roles,
});

/** Which role may do what, and who that is. */
function Roles() {
  const { t } = useTranslation();
  const { $api } = useWorkspace();
  const roles = $api.useQuery("get", "/api/roles");
  const members = $api.useQuery("get", "/api/members");
  return (
    <Page title={t("organizations.matrix.title")}>
      <p className={`${classes.lead} ${classes.inset}`}>{t("organizations.matrix.lead")}</p>
      <RecordQuery query={roles}>
        {(found) => <RoleMatrix roles={found} members={members.data?.items ?? []} />}
      </RecordQuery>
    </Page>
  );
}
