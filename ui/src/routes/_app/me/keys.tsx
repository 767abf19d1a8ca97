import { Button } from "@mantine/core";
import { IconKey, IconPlus } from "@tabler/icons-react";
import { createFileRoute, redirect, type SearchSchemaInput } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { useWorkspace } from "~/session/workspace";
import { useCommands } from "~/ui/commands";
import { EmptyState } from "~/ui/EmptyState";
import { Page } from "~/ui/Page";
import classes from "~/ui/Page.module.css";
import { ListSection, PlainTable } from "~/ui/PlainTable";
import { RecordQuery } from "~/ui/RecordQuery";
import { oneOf } from "~/ui/table-search";
import { useKeyColumns } from "./-key-columns";
import { NewKey } from "./-NewKey";

type Search = { panel?: "new" };

export const Route = createFileRoute("/_app/me/keys")({
  validateSearch: (raw: Search & SearchSchemaInput): Search => ({ panel: oneOf(raw.panel, ["new"]) }),
  beforeLoad: ({ context: { me } }) => {
    if (!me.organizations.length) throw redirect({ to: "/me/profile", replace: true });
  },
  component: Keys,
});

/** Keys by which programs work in one's name, in the present organization. */
function Keys() {
  const { t } = useTranslation();
  const { $api, organization } = useWorkspace();
  const { panel } = Route.useSearch();
  const navigate = Route.useNavigate();
  const open = (next?: "new") => navigate({ search: { panel: next } });
  const keys = $api.useQuery("get", "/api/api-keys");
  const columns = useKeyColumns();
  useCommands(
    () => [{ id: "new", group: "create", keys: "n", label: t("identity.keys.new"), run: () => open("new") }],
    [t],
  );
  const button = (
    <Button leftSection={<IconPlus size={16} />} onClick={() => open("new")}>
      {t("identity.keys.new")}
    </Button>
  );
  return (
    <Page title={t("shell.settings.pages.keys")} actions={button}>
      <p className={`${classes.lead} ${classes.inset}`}>
        {t("identity.keys.lead", { organization: organization.name })}
      </p>
      <RecordQuery query={keys}>
        {({ items }) =>
          items.length ? (
            <ListSection status={t("identity.keys.count", { count: items.length })}>
              <PlainTable caption={t("shell.settings.pages.keys")} columns={columns} rows={items} />
            </ListSection>
          ) : (
            <EmptyState
              icon={IconKey}
              title={t("identity.keys.empty.title")}
              text={t("identity.keys.empty.text")}
            />
          )
        }
      </RecordQuery>
      <NewKey opened={panel === "new"} onClose={() => open()} />
    </Page>
  );
}
