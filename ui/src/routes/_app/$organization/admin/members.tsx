import { Button } from "@mantine/core";
import { IconUserPlus } from "@tabler/icons-react";
import { createFileRoute, type SearchSchemaInput } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { problemOf } from "~/api/problem";
import { useWorkspace } from "~/session/workspace";
import { useCommands } from "~/ui/commands";
import { ErrorState } from "~/ui/ErrorState";
import { Explained, useRefusal } from "~/ui/Explained";
import { FilterMenu } from "~/ui/FilterMenu";
import { Page } from "~/ui/Page";
import { ListSection, PlainTable } from "~/ui/PlainTable";
import { SearchBox } from "~/ui/SearchBox";
import { oneOf } from "~/ui/table-search";
import { requireRight } from "../-place";
import { Invitations } from "./-Invitations";
import { InvitePanel } from "./-InvitePanel";
import { useMemberColumns } from "./-member-columns";
import { type Member, matching } from "./-members";
import { SchedulePanel } from "./-SchedulePanel";
import { STATUSES, type Status } from "./-words";

type Search = { q?: string; status?: Status; panel?: string };

export const Route = createFileRoute("/_app/$organization/admin/members")({
  validateSearch: (raw: Search & SearchSchemaInput): Search => ({
    q: typeof raw.q === "string" && raw.q ? raw.q.slice(0, 200) : undefined,
    status: oneOf(raw.status, STATUSES),
    panel: typeof raw.panel === "string" ? raw.panel.slice(0, 300) : undefined,
  }),
  beforeLoad: ({ context }) => requireRight(context.membership, "members:read"),
  component: Members,
});

/** Who works here, as what, and who was asked to. `panel` is `invite`, `invite:<address>` or `hours:<member>`. */
function Members() {
  const { t } = useTranslation();
  const { $api, can } = useWorkspace();
  const refusal = useRefusal();
  const { q = "", status, panel } = Route.useSearch();
  const navigate = Route.useNavigate();
  const set = (changes: Search) =>
    navigate({ search: (before) => ({ ...before, ...changes }), replace: "q" in changes });
  const invite = (address?: string) => set({ panel: address ? `invite:${address}` : "invite" });
  const plan = (id: string) => set({ panel: `hours:${id}` });
  const members = $api.useQuery("get", "/api/members");
  const mayInvite = can("members:invite");
  useCommands(
    () =>
      mayInvite
        ? [
            {
              id: "new",
              group: "create",
              keys: "n",
              label: t("organizations.invite.title"),
              run: () => invite(),
            },
          ]
        : [],
    [t, mayInvite],
  );
  const found = members.data && matching(members.data.items, q, status);
  const [kind, about = ""] = (panel ?? "").split(/:(.*)/s);
  if (members.error) return <ErrorState problem={problemOf(members.error)} retry={() => members.refetch()} />;
  return (
    <Page
      title={t("organizations.members.title")}
      actions={
        <Explained reason={refusal("members:invite")}>
          <Button leftSection={<IconUserPlus size={16} />} onClick={() => invite()}>
            {t("organizations.invite.title")}
          </Button>
        </Explained>
      }
    >
      <ListSection
        toolbar={
          <>
            <SearchBox
              label={t("organizations.members.search")}
              value={q}
              onChange={(next) => set({ q: next || undefined })}
            />
            <FilterMenu
              label={t("common.status")}
              value={status}
              options={STATUSES.map((value) => ({
                value,
                label: t(`organizations.members.statuses.${value}`),
              }))}
              onChange={(value) => set({ status: value })}
            />
          </>
        }
        status={found && t("organizations.members.count", { count: found.length })}
      >
        <PlainTable
          caption={t("organizations.members.title")}
          columns={useMemberColumns(members.data?.items ?? [], { invite, plan })}
          rows={found}
          isQuiet={(member: Member) => member.status !== "active"}
        />
      </ListSection>
      <Invitations />
      <InvitePanel opened={kind === "invite"} address={about} onClose={() => set({ panel: undefined })} />
      <SchedulePanel
        member={kind === "hours" ? members.data?.items.find(({ id }) => id === about) : undefined}
        onClose={() => set({ panel: undefined })}
      />
    </Page>
  );
}
