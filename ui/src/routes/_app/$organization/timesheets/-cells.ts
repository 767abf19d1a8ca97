import { useRef, useState } from "react";
import { problemOf } from "~/api/problem";
import { invalidate } from "~/api/queries";
import { useWorkspace } from "~/session/workspace";
import { sentenceOf } from "~/ui/problems";
import { type GridRow, keyOfCell, type Typed } from "./-grid";

const WEEK = "/api/timesheets/{member_id}/{day}";
const SHOWN_MS = 4000;

/** How a cell stands that was typed into; `seconds` until the server's grid has them. */
export type Mark = { state: "saving" | "saved" | "error"; seconds?: number; message?: string; turn: number };

/** Cells are saved one after the other, each with its own mark; a refused one keeps what was typed. */
export function useCells(member_id: string, day: string) {
  const { api, $api, queryClient } = useWorkspace();
  const params = { path: { member_id, day } };
  const { queryKey } = $api.queryOptions("get", WEEK, { params });
  const [marks, setMarks] = useState<Record<string, Mark | undefined>>({});
  const queue = useRef<Promise<unknown>>(Promise.resolve());
  const turns = useRef(0);

  /** Only the latest change of a cell has a say about its mark. */
  const settle = (key: string, turn: number, mark: Omit<Mark, "turn"> | undefined) =>
    setMarks((before) =>
      before[key]?.turn === turn ? { ...before, [key]: mark && { ...mark, turn } } : before,
    );

  function fill({ key: rowKey, project, task, activity }: GridRow, on: string, seconds: number) {
    const key = keyOfCell(rowKey, on);
    turns.current += 1;
    const turn = turns.current;
    setMarks((before) => ({ ...before, [key]: { state: "saving", seconds, turn } }));
    const body = { project_id: project.id, task_id: task?.id ?? null, activity, day: on, seconds };
    queue.current = queue.current.then(async () => {
      try {
        const { data } = await api.PUT(`${WEEK}/cells`, { params, body });
        await queryClient.cancelQueries({ queryKey });
        queryClient.setQueryData(queryKey, data);
        settle(key, turn, { state: "saved" });
        setTimeout(() => settle(key, turn, undefined), SHOWN_MS);
        await invalidate(queryClient, "/api/time-entries");
      } catch (error) {
        settle(key, turn, { state: "error", seconds, message: sentenceOf(problemOf(error)) });
      }
    });
  }
  const typed: Typed = {};
  for (const [key, mark] of Object.entries(marks)) if (mark?.seconds !== undefined) typed[key] = mark.seconds;
  return {
    marks,
    typed,
    fill,
    /** Back to what the server has. */
    forget: (key: string) => setMarks((before) => ({ ...before, [key]: undefined })),
    /** Once everything typed so far has been answered. */
    whenSaved: () => queue.current,
  };
}
