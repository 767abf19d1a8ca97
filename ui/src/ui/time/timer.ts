import { useTranslation } from "react-i18next";
import { problemOf } from "~/api/problem";
import { invalidate } from "~/api/queries";
import type { components } from "~/api/schema.gen";
import { useWorkspace } from "~/session/workspace";
import { ifMatch } from "../archiving";
import { ask } from "../ask";
import { hours } from "../duration";
import { randomKey } from "../form";
import { say, sayProblem } from "../toast";
import { bodyOf, type Entry, HOURS, nameOf, type Work } from "./entries";
import { type Fix, withFixes } from "./Overlap";

type TimerState = components["schemas"]["TimerOut"];
type Change = components["schemas"]["TimeEntryEdit"];

/** The entry that was asked for and not answered yet. */
const PENDING = "pending";
export const isPending = (entry: Entry) => entry.id === PENDING;

/** What runs, as the server says: asked again on focus and twice a minute, for other devices start and stop it too. */
export function useTimer() {
  const { $api, can } = useWorkspace();
  const query = $api.useQuery(
    "get",
    "/api/timer",
    {},
    { enabled: can("time:write"), staleTime: 5_000, refetchInterval: 30_000, refetchOnWindowFocus: "always" },
  );
  const { data, dataUpdatedAt } = query;
  return {
    running: data?.running ?? null,
    isKnown: data !== undefined,
    /** Milliseconds by which the server's clock is ahead of ours. */
    ahead: data ? Date.parse(data.now) - dataUpdatedAt : 0,
  };
}

/** One change at a time: a stop waits for the start before it. */
let last: Promise<unknown> = Promise.resolve();

/** Start, stop and change what runs: shown at once, taken back when the server refuses. */
export function useTimerActions() {
  const { t } = useTranslation();
  const { api, $api, queryClient, timeZone } = useWorkspace();
  const { queryKey } = $api.queryOptions("get", "/api/timer", {});
  const present = () => queryClient.getQueryData<TimerState>(queryKey)?.running ?? null;

  function change<T>(guess: Entry | null, run: () => Promise<T>): Promise<T> {
    const done = last.then(async () => {
      await queryClient.cancelQueries({ queryKey });
      const before = queryClient.getQueryState<TimerState>(queryKey);
      const ahead = before?.data ? Date.parse(before.data.now) - before.dataUpdatedAt : 0;
      const now = new Date(Date.now() + ahead).toISOString();
      const started_at = guess?.started_at || now;
      queryClient.setQueryData(queryKey, { running: guess && { ...guess, started_at }, now });
      try {
        return await run();
      } catch (error) {
        queryClient.setQueryData(queryKey, before?.data, { updatedAt: before?.dataUpdatedAt });
        throw error;
      }
    });
    last = done.catch(() => undefined);
    return done.finally(() => invalidate(queryClient, ...HOURS));
  }

  async function start(work: Work, isSwitch = present() !== null): Promise<void> {
    const key = randomKey();
    const run = async (resolve?: Fix) => {
      const headers = { "Idempotency-Key": key + (resolve ?? "") };
      const body = { ...bodyOf(work), switch: isSwitch, resolve };
      const { data } = await api.POST("/api/timer/start", { body, headers });
      if (data) queryClient.setQueryData(queryKey, { running: data.running, now: data.now });
    };
    try {
      await withFixes(timeZone, (fix) => change(guessOf(work), () => run(fix)));
    } catch (error) {
      const other = problemOf(error).body.entry as Entry | undefined;
      if (problemOf(error).code !== "timer_running" || !other) return sayProblem(error);
      const text = t("timesheets.timer.other", { name: nameOf(other) });
      say(text, { label: t("timesheets.timer.switch"), run: () => start(work, true) });
    }
  }

  async function stop(ended_at?: string): Promise<void> {
    try {
      const body = { ended_at };
      const { data } = await change(null, () => api.POST("/api/timer/stop", { body }));
      if (data) say(t("timesheets.timer.stopped", { time: hours(data.seconds ?? 0), name: nameOf(data) }));
    } catch (error) {
      if (problemOf(error).code !== "no_timer") sayProblem(error, () => stop(ended_at)); // stopped elsewhere
    }
  }

  const params = (entry: Entry) => ({
    params: { path: { entry_id: entry.id } },
    headers: ifMatch(entry.version),
  });

  /** Throws what the server refuses, for the form to show. */
  const edit = (entry: Entry, body: Change, shown: Partial<Entry>) =>
    change({ ...entry, ...shown }, () =>
      api.PATCH("/api/time-entries/{entry_id}", { ...params(entry), body }),
    );

  async function discard(entry: Entry): Promise<boolean> {
    const sure = await ask({
      title: t("timesheets.timer.discardTitle", { name: nameOf(entry) }),
      text: t("timesheets.timer.discardText"),
      confirm: t("timesheets.timer.discard"),
      isDangerous: true,
    });
    if (!sure) return false;
    await change(null, () => api.DELETE("/api/time-entries/{entry_id}", params(entry))).catch(sayProblem);
    return true;
  }
  return { start, stop, edit, discard };
}

/** How the entry will look like; the rest comes with the answer. */
const guessOf = ({ project, task, note, activity, billable }: Work) =>
  ({
    id: PENDING,
    project,
    task,
    note,
    activity,
    billable: billable ?? true,
    started_at: "",
    version: 0,
  }) as unknown as Entry;

type Task = Pick<components["schemas"]["TaskRow"], "id" | "number" | "key" | "title" | "project">;

/** Start the timer on a task, from wherever the task is shown. */
export function useStartTask() {
  const { start } = useTimerActions();
  return ({ project, id, number, key, title }: Task) =>
    start({ project, task: { id, number, code: key, title } });
}
