import { useNavigate } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { invalidate } from "~/api/queries";
import { useWorkspace } from "~/session/workspace";
import { ask } from "./ask";
import { sayDone, sayProblem } from "./toast";

type Kept = { id: string; name: string; version: number };
type Verb = "archive" | "restore" | "delete";
/** What the records are now. */
type Answer = { items: { id?: string | null; version?: number | null }[] };

/** The calls of one room; every one says which version it means. */
export type ArchivingCalls = {
  room: "customers" | "products" | "projects";
  one: (verb: Verb, id: string, version: number) => Promise<{ version: number } | undefined>;
  many: (verb: "archive" | "restore", records: Kept[]) => Promise<Answer | undefined>;
};

/** Archiving happens at once and can be taken back for a while; deleting asks first. */
export function useArchiving({ room, one, many }: ArchivingCalls) {
  const { t } = useTranslation();
  const { at, queryClient } = useWorkspace();
  const navigate = useNavigate();
  const refresh = () => invalidate(queryClient, `/api/${room}`, "/api/tasks", "/api/audit");

  async function attempt(run: () => Promise<unknown>) {
    try {
      await run();
    } catch (error) {
      sayProblem(error, () => attempt(run));
    } finally {
      await refresh();
    }
  }

  const change = (verb: "archive" | "restore", record: Kept) =>
    attempt(async () => {
      const changed = await one(verb, record.id, record.version);
      const back = verb === "archive" ? "restore" : "archive";
      const undo = () => attempt(() => one(back, record.id, changed?.version ?? record.version + 1));
      sayDone(t(`common.done.${verb}`, { name: record.name }), undo);
    });

  const changeMany = (verb: "archive" | "restore", records: Kept[]) =>
    attempt(async () => {
      const answer = await many(verb, records);
      const versions = new Map(answer?.items.map((item) => [item.id, item.version]));
      const changed = records.map((record) => ({
        ...record,
        version: versions.get(record.id) ?? record.version,
      }));
      const back = verb === "archive" ? "restore" : "archive";
      sayDone(t(`common.doneMany.${verb}`, { count: records.length }), () =>
        attempt(() => many(back, changed)),
      );
    });

  const remove = async (record: Kept) => {
    const question = {
      title: t("common.delete.title", { name: record.name }),
      text: t("common.delete.text"),
      confirm: t("common.delete.confirm"),
      isDangerous: true,
    };
    if (!(await ask(question))) return;
    await attempt(async () => {
      await one("delete", record.id, record.version);
      await navigate({ to: at(`/${room}`), replace: true });
    });
  };
  return { change, changeMany, remove };
}

export const ifMatch = (version: number) => ({ "If-Match": `"${version}"` });
