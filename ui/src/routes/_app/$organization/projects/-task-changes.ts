import { useRef } from "react";
import { invalidate } from "~/api/queries";
import { useWorkspace } from "~/session/workspace";
import type { Task } from "./-task-state";

type Answer = Promise<{ data?: Task }>;

export function useTask(id: string) {
  const { $api } = useWorkspace();
  const params = { path: { task_id: id } };
  return $api.useQuery("get", "/api/tasks/{task_id}", { params });
}

/** Changes of one task, one after the other: each names the version that the one before has left. */
export function useTaskChanges(id: string) {
  const { $api, queryClient } = useWorkspace();
  const queue = useRef<Promise<unknown>>(Promise.resolve());
  const params = { path: { task_id: id } };
  const { queryKey } = $api.queryOptions("get", "/api/tasks/{task_id}", { params });

  async function run(change: (version: number) => Answer) {
    const version = queryClient.getQueryData<Task>(queryKey)?.version ?? 0;
    try {
      const { data } = await change(version);
      if (data) queryClient.setQueryData(queryKey, data);
    } finally {
      await invalidate(queryClient, "/api/tasks", "/api/projects", "/api/audit");
    }
  }
  return (change: (version: number) => Answer): Promise<void> => {
    const next = queue.current.then(() => run(change));
    queue.current = next.catch(() => undefined);
    return next;
  };
}
