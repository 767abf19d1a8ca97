import { useWorkspace } from "~/session/workspace";
import { ifMatch, useArchiving } from "~/ui/archiving";

type Verb = "archive" | "restore";

export function useProjectArchiving() {
  const { api } = useWorkspace();
  const change = async (verb: Verb, id: string, version: number) => {
    const init = { params: { path: { project_id: id } }, headers: ifMatch(version) };
    return (await api.POST(`/api/projects/{project_id}/${verb}`, init)).data;
  };
  return useArchiving({
    room: "projects",
    one: async (verb, id, version) => {
      if (verb !== "delete") return change(verb, id, version);
      const init = { params: { path: { project_id: id } }, headers: ifMatch(version) };
      await api.DELETE("/api/projects/{project_id}", init);
    },
    many: async (verb, records) => {
      const items = [];
      for (const { id, version } of records) items.push((await change(verb, id, version)) ?? { id, version });
      return { items };
    },
  });
}
