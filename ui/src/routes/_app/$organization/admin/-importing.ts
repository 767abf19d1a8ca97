import { useState } from "react";
import { Problem } from "~/api/problem";
import { invalidate } from "~/api/queries";
import type { components } from "~/api/schema.gen";
import { useWorkspace } from "~/session/workspace";
import { ifMatch } from "~/ui/archiving";
import { sayProblem } from "~/ui/toast";

type Schemas = components["schemas"];
export type Import = Schemas["ImportOut"];
export type ImportKind = Import["kind"];
export type Line = Schemas["LineOut"];
export type Mapping = Import["mapping"];
export type Format = NonNullable<Import["format"]>;
export type Verb = "check" | "apply" | "undo" | "discard";

export const WRITES = {
  products: "products:write",
  customers: "customers:write",
  stock: "stock:move",
} as const;
const MOST_BYTES = 20 * 1024 * 1024;

export const isOpen = ({ state }: Import) => ["uploaded", "mapped", "checked"].includes(state);

/** Send the file as it is; a lost answer does not make two imports of it. */
export function useUpload(done: (id: string) => void) {
  const { api, queryClient } = useWorkspace();
  const [sending, setSending] = useState(false);
  const upload = async (kind: ImportKind, file: File) => {
    setSending(true);
    try {
      if (file.size > MOST_BYTES) throw new Problem(413, { code: "too_large" });
      const { data } = await api.POST("/api/imports", {
        params: { query: { kind, name: file.name.slice(-200) } },
        body: file as never,
        bodySerializer: (body) => body as never,
        headers: { "Content-Type": "application/octet-stream", "Idempotency-Key": crypto.randomUUID() },
      });
      if (data) done(data.id);
    } catch (error) {
      sayProblem(error, () => upload(kind, file));
    } finally {
      setSending(false);
      await invalidate(queryClient, "/api/imports");
    }
  };
  return { sending, upload };
}

/** One step after another on one import; while one runs, its name tells which. */
export function useSteps(record: Import) {
  const { api, queryClient } = useWorkspace();
  const [running, setRunning] = useState<Verb | "change" | null>(null);

  async function attempt<T>(name: Verb | "change", run: () => Promise<T>): Promise<T | null> {
    setRunning(name);
    try {
      return await run();
    } catch (error) {
      sayProblem(error);
      return null;
    } finally {
      setRunning(null);
      await invalidate(queryClient, "/api/");
    }
  }

  const init = (version: number) => ({
    params: { path: { import_id: record.id } },
    headers: ifMatch(version),
  });
  const change = (body: { format?: Format; mapping?: Mapping }) =>
    attempt("change", async () => {
      const { data } = await api.PATCH("/api/imports/{import_id}", {
        ...init(record.version),
        body: body as never,
      });
      return data ?? null;
    });
  const step = (verb: Verb, version = record.version) =>
    attempt(verb, async () => {
      const { data } = await api.POST(`/api/imports/{import_id}/${verb}`, init(version));
      return data ?? null;
    });
  return { running, change, step };
}
