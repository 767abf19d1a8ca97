import { Button, Switch } from "@mantine/core";
import { IconBuildingCommunity, IconPlus } from "@tabler/icons-react";
import { createFileRoute, type SearchSchemaInput } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { invalidate } from "~/api/queries";
import { useWorkspace } from "~/session/workspace";
import { ifMatch } from "~/ui/archiving";
import { EmptyState } from "~/ui/EmptyState";
import { Page } from "~/ui/Page";
import pageClasses from "~/ui/Page.module.css";
import { Panel, Panels } from "~/ui/Panel";
import { PanelRow, PanelRows } from "~/ui/PanelRows";
import { RecordQuery } from "~/ui/RecordQuery";
import { sayProblem } from "~/ui/toast";
import { requireRight } from "../-place";
import { type Connection, ConnectionPanel } from "./-ConnectionPanel";

type Search = { panel?: string };

export const Route = createFileRoute("/_app/$organization/admin/directory")({
  validateSearch: (raw: Search & SearchSchemaInput): Search => ({
    panel: typeof raw.panel === "string" ? raw.panel : undefined,
  }),
  beforeLoad: ({ context }) => requireRight(context.membership, "directory:read"),
  component: Directory,
});

/** Company directories whose people may work here. `panel` is `new` or the id of a connection. */
function Directory() {
  const { t } = useTranslation();
  const { $api } = useWorkspace();
  const { panel } = Route.useSearch();
  const navigate = Route.useNavigate();
  const open = (next?: string) => navigate({ search: { panel: next } });
  const query = $api.useQuery("get", "/api/directory-connections");
  const connection = query.data?.items.find(({ id }) => id === panel);
  return (
    <Page
      title={t("shell.settings.pages.directory")}
      actions={
        <Button leftSection={<IconPlus size={16} />} onClick={() => open("new")}>
          {t("organizations.directory.new")}
        </Button>
      }
    >
      <p className={`${pageClasses.lead} ${pageClasses.inset}`}>{t("organizations.directory.lead")}</p>
      <RecordQuery query={query}>
        {({ items }) =>
          items.length ? (
            <Panels>
              <Panel isFlush title={t("organizations.directory.title")}>
                <PanelRows label={t("organizations.directory.title")}>
                  {items.map((each) => (
                    <ConnectionRow key={each.id} connection={each} open={() => open(each.id)} />
                  ))}
                </PanelRows>
              </Panel>
            </Panels>
          ) : (
            <EmptyState
              icon={IconBuildingCommunity}
              title={t("organizations.directory.empty.title")}
              text={t("organizations.directory.empty.text")}
            />
          )
        }
      </RecordQuery>
      <ConnectionPanel
        connection={connection}
        opened={panel === "new" || connection !== undefined}
        onClose={() => open()}
      />
    </Page>
  );
}

type RowProps = { connection: Connection; open: () => void };

function ConnectionRow({ connection: { id, account_id, enabled, jit_provision, version }, open }: RowProps) {
  const { t } = useTranslation();
  const { api, queryClient } = useWorkspace();
  const enable = async (next: boolean) => {
    try {
      const init = { params: { path: { connection_id: id } }, headers: ifMatch(version) };
      await api.PATCH("/api/directory-connections/{connection_id}", {
        ...init,
        body: { enabled: next } as never,
      });
    } catch (error) {
      sayProblem(error);
    } finally {
      await invalidate(queryClient, "/api/directory-connections");
    }
  };
  return (
    <PanelRow
      icon={<IconBuildingCommunity size={18} stroke={1.7} />}
      title={account_id}
      note={t(jit_provision ? "organizations.directory.joins" : "organizations.directory.membersOnly")}
      action={
        <>
          <Switch
            label={t("organizations.directory.enabled")}
            aria-label={t("organizations.directory.enabledNamed", { name: account_id })}
            checked={enabled}
            onChange={(event) => enable(event.currentTarget.checked)}
          />
          <Button
            variant="default"
            size="xs"
            onClick={open}
            aria-label={t("organizations.directory.editNamed", { name: account_id })}
          >
            {t("common.edit")}
          </Button>
        </>
      }
    />
  );
}
