import { useRef } from "react";
import { useTranslation } from "react-i18next";
import { problemOf } from "~/api/problem";
import { invalidate } from "~/api/queries";
import { i18next } from "~/i18n";
import { useWorkspace } from "~/session/workspace";
import { ifMatch } from "~/ui/archiving";
import { ask } from "~/ui/ask";
import { say, sayProblem } from "~/ui/toast";
import { type Board, moveCard, type Place, placeOf, replaceCard, whereIs } from "./-board";
import type { TaskName } from "./-task-state";

const titles = (body: object) =>
  ((body as { tasks?: TaskName[] }).tasks ?? []).map(({ key, title }) => `${key} ${title}`).join(", ");

/** What a refused change of state is about, by name. */
export function sayRefusal(error: unknown) {
  const { code, body } = problemOf(error);
  if (code !== "task_blocked") return sayProblem(error);
  say(i18next.t("tasks.finish.blocked", { names: titles(body) }), undefined, 10_000);
}

/** Finishing a task with open subtasks asks whether they are finished, too. False: it was better not done. */
export async function finishing(run: (with_subtasks: boolean) => Promise<unknown>): Promise<boolean> {
  try {
    await run(false);
  } catch (error) {
    const { code, body } = problemOf(error);
    if (code !== "subtasks_open") throw error;
    const question = {
      title: i18next.t("tasks.finish.title"),
      text: i18next.t("tasks.finish.text", { names: titles(body) }),
      confirm: i18next.t("tasks.finish.confirm"),
    };
    if (!(await ask(question))) return false;
    await run(true);
  }
  return true;
}

/** Moves show at once and are sent one after the other; what the server refuses goes back to its place. */
export function useMoving(key: readonly unknown[], tell: (sentence: string) => void) {
  const { t } = useTranslation();
  const { api, queryClient } = useWorkspace();
  const queue = useRef<Promise<unknown>>(Promise.resolve());
  const change = (make: (board: Board) => Board) =>
    queryClient.setQueryData<Board>(key, (board) => board && make(board));

  async function send(id: string, place: Place, home: Place) {
    const board = queryClient.getQueryData<Board>(key);
    const version = (board && whereIs(board, id)?.card.version) ?? 0;
    try {
      const isDone = await finishing(async (with_subtasks) => {
        const { data } = await api.POST("/api/tasks/{task_id}/move", {
          params: { path: { task_id: id } },
          body: { ...place, with_subtasks },
          headers: ifMatch(version),
        });
        if (data) change((now) => replaceCard(now, data));
      });
      if (!isDone) change((now) => moveCard(now, id, home));
    } catch (error) {
      change((now) => moveCard(now, id, home));
      sayRefusal(error);
    }
    await invalidate(queryClient, "/api/projects", "/api/tasks");
  }

  return async (id: string, place: Place) => {
    await queryClient.cancelQueries({ queryKey: key });
    const before = queryClient.getQueryData<Board>(key);
    const home = before && placeOf(before, id);
    if (!home || (home.state_id === place.state_id && home.after_id === place.after_id)) return;
    change((board) => moveCard(board, id, place));
    const after = queryClient.getQueryData<Board>(key);
    const found = after && whereIs(after, id);
    if (found) {
      const { column, index, card } = found;
      tell(
        t("tasks.board.moved", {
          name: card.key,
          state: column.state.name,
          place: index + 1,
          all: column.total,
        }),
      );
    }
    queue.current = queue.current.then(() => send(id, place, home));
  };
}
