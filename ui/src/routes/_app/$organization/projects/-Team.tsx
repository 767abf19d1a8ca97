import { ActionIcon, Select } from "@mantine/core";
import { IconX } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { invalidate } from "~/api/queries";
import { useWorkspace } from "~/session/workspace";
import { ifMatch } from "~/ui/archiving";
import { initials } from "~/ui/format";
import { Panel } from "~/ui/Panel";
import { PanelRow, PanelRows } from "~/ui/PanelRows";
import { optionsOf, usePeople } from "~/ui/people";
import classes from "~/ui/RecordPage.module.css";
import { Tag } from "~/ui/StatusBadge";
import { sayDone, sayProblem } from "~/ui/toast";
import type { Project } from "./-state";

/** Who works on the project; the team is saved as a whole, so it names the version it means. */
export function Team({ project }: { project: Project }) {
  const { t } = useTranslation();
  const { can } = useWorkspace();
  const people = usePeople();
  const setTeam = useSetTeam(project.id);
  const mayWrite = can("projects:write");
  const ids = project.team.map(({ id }) => id);
  const others = people.filter(({ id }) => !ids.includes(id));

  async function remove(id: string, name: string) {
    const version = await setTeam(
      ids.filter((each) => each !== id),
      project.version,
    );
    if (version) sayDone(t("projects.team.removed", { name }), () => setTeam(ids, version));
  }
  const add = mayWrite && others.length > 0 && (
    <Select
      w={220}
      searchable
      aria-label={t("projects.team.add")}
      placeholder={t("projects.team.add")}
      value={null}
      data={optionsOf(others)}
      onChange={(id) => id && setTeam([...ids, id], project.version)}
    />
  );
  return (
    <Panel title={t("projects.team.title")} text={t("projects.team.text")} isFlush action={add}>
      {project.team.length === 0 && <p className={classes.noParts}>{t("projects.team.none")}</p>}
      <PanelRows label={t("projects.team.title")}>
        {project.team.map(({ id, name, number }) => (
          <PanelRow
            key={id}
            icon={<small>{initials(name)}</small>}
            title={
              <>
                {name} {id === project.lead?.id && <Tag>{t("projects.team.lead")}</Tag>}
              </>
            }
            note={`#${number}`}
            action={
              mayWrite && (
                <ActionIcon aria-label={t("projects.team.remove", { name })} onClick={() => remove(id, name)}>
                  <IconX size={16} />
                </ActionIcon>
              )
            }
          />
        ))}
      </PanelRows>
    </Panel>
  );
}

/** Says the version the project has then; nothing where it was refused. */
function useSetTeam(project_id: string) {
  const { api, queryClient } = useWorkspace();
  return async (member_ids: string[], version: number) => {
    try {
      const params = { path: { project_id } };
      const { data } = await api.PUT("/api/projects/{project_id}/team", {
        params,
        body: { member_ids },
        headers: ifMatch(version),
      });
      return data?.version;
    } catch (error) {
      sayProblem(error);
    } finally {
      await invalidate(queryClient, "/api/projects", "/api/audit");
    }
  };
}
