import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { Problem, problemOf } from "~/api/problem";
import { invalidate } from "~/api/queries";
import type { components } from "~/api/schema.gen";
import { useWorkspace } from "~/session/workspace";
import { ifMatch } from "~/ui/archiving";
import { ask } from "~/ui/ask";
import { randomKey } from "~/ui/form";
import { sentenceOf } from "~/ui/problems";
import { type Entry, HOURS, nameOf, shownTime } from "~/ui/time/entries";
import { useMyId } from "~/ui/time/me";
import type { Fix } from "~/ui/time/Overlap";
import { say, sayProblem } from "~/ui/toast";

type Change = Partial<components["schemas"]["TimeEntryEdit"]>;
type New = Partial<components["schemas"]["TimeEntryIn"]>;
export type Item =
  | { op: "create"; data: New }
  | { op: "change"; id: string; version: number; data: Change }
  | { op: "delete"; id: string; version: number };
type Result = { index: number; outcome: string; code: string | null; detail: string | null };

const PAGE = 200;
/** More than anybody books in a month; the page says so when there is more. */
export const MOST = 1000;

/** One's own entries of a period, the latest first. */
export function useEntries(day_from: string, day_to: string) {
  const { api } = useWorkspace();
  const member_id = useMyId();
  return useQuery({
    queryKey: ["get", "/api/time-entries", "period", member_id, day_from, day_to],
    enabled: member_id !== undefined,
    queryFn: async ({ signal }) => {
      const items: Entry[] = [];
      let cursor: string | undefined;
      do {
        const query = { member_id, day_from, day_to, limit: PAGE, cursor };
        const { data } = await api.GET("/api/time-entries", { params: { query }, signal });
        items.push(...(data?.items ?? []));
        cursor = data?.next_cursor ?? undefined;
      } while (cursor && items.length < MOST);
      return { items, isCut: cursor !== undefined };
    },
  });
}

/** What is done to entries. */
export function useEntryActions() {
  const { t } = useTranslation();
  const { api, queryClient, timeZone } = useWorkspace();
  const refresh = () => invalidate(queryClient, ...HOURS);

  /** Throws what the server refuses: an overlap is shown with its fixes where it arose. */
  async function change(entry: Entry, data: Change, resolve?: Fix) {
    const params = { path: { entry_id: entry.id } };
    const body = { ...data, resolve } as never;
    const headers = ifMatch(entry.version);
    const answer = await api.PATCH("/api/time-entries/{entry_id}", { params, body, headers });
    await refresh();
    return answer.data;
  }

  /** All or none in one transaction; `about` are the entries of the items, to name the one that refused. */
  async function changeMany(items: Item[], about: Entry[]): Promise<boolean> {
    try {
      const headers = { "Idempotency-Key": randomKey() };
      await api.POST("/api/time-entries/batch", { body: { items, all_or_nothing: true } as never, headers });
      return true;
    } catch (error) {
      const problem = problemOf(error);
      const refused = (problem.body.items as Result[] | undefined)?.find(
        ({ outcome }) => outcome === "refused",
      );
      const entry = refused && about[refused.index];
      if (!refused || !entry) sayProblem(error);
      else {
        const reason = sentenceOf(
          new Problem(409, { code: refused.code ?? undefined, detail: refused.detail ?? undefined }),
        );
        say(t("timesheets.days.refused", { name: nameOf(entry), reason }), undefined, 10_000);
      }
      return false;
    } finally {
      await refresh();
    }
  }

  async function remove(entries: Entry[]): Promise<boolean> {
    const [first] = entries;
    if (!first) return false;
    const one = { name: nameOf(first), time: shownTime(first, timeZone) };
    const title =
      entries.length === 1
        ? t("timesheets.days.deleteTitle", one)
        : t("timesheets.days.deleteMany", { count: entries.length });
    const text = t("timesheets.days.deleteText");
    if (!(await ask({ title, text, confirm: t("common.delete.confirm"), isDangerous: true }))) return false;
    return changeMany(
      entries.map(({ id, version }) => ({ op: "delete", id, version })),
      entries,
    );
  }
  return { change, changeMany, remove };
}
