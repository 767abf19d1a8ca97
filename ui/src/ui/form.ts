import { useForm } from "@mantine/form";
import { useBlocker } from "@tanstack/react-router";
import { type FormEvent, useEffect, useRef, useState } from "react";
import { constraints } from "~/api/constraints.gen";
import { type Problem, problemOf } from "~/api/problem";
import { i18next } from "~/i18n";
import { ask } from "./ask";
import { fieldSentence, sentenceOf } from "./problems";

type Model = keyof typeof constraints;
/** Whose catalog names the fields of a form: `products.fields.sku`. */
export type Room =
  | ("customers" | "products" | "identity" | "organizations" | "stock")
  | ("projects" | "tasks" | "timesheets");
type Limits = {
  required?: boolean;
  nullable?: boolean;
  type?: string;
  maxLength?: number;
  minimum?: number;
  maximum?: number;
};
export type Values = Record<string, string | number | boolean>;

type Options<V extends Values> = {
  model: Model;
  /** Whose catalog names the fields: `products.fields.sku`. */
  room: Room;
  initial: V;
  /** Needed by the form though the model alone would not ask for it. */
  needed?: (keyof V & string)[];
  /** Whether leaving with unsaved input asks first; nobody minds before the door. */
  isGuarded?: boolean;
  save: (values: V) => Promise<unknown>;
  /** True when the refusal was answered elsewhere, say by a dialog. */
  onProblem?: (problem: Problem) => boolean;
};

const limitsOf = (model: Model) => constraints[model] as Record<string, Limits>;

/** Not every input of the kit says that it is wrong in the same way. */
const WRONG = ":is([aria-invalid=true], input[data-invalid])";

export function labelOf(room: Room, name: string): string {
  return i18next.t(`${room}.fields.${name}` as never) as unknown as string;
}

/** What the model says is wrong, by field; the server has the last word. */
export function wrongFields(model: Model, values: Values, needed: string[] = []): Record<string, string> {
  const wrong: Record<string, string> = {};
  for (const [name, value] of Object.entries(values)) {
    const limits = limitsOf(model)[name] ?? {};
    const isNeeded = limits.required || needed.includes(name);
    if (isNeeded && typeof value === "string" && !value.trim()) wrong[name] = fieldSentence("missing", "");
    else if (limits.type === "integer" && !(value === "" && limits.nullable)) {
      const { minimum = -Infinity, maximum = Infinity } = limits;
      const number = Number(value);
      if (value === "" || !Number.isInteger(number) || number < minimum || number > maximum)
        wrong[name] = fieldSentence("whole_number", "", { minimum, maximum });
    }
  }
  return wrong;
}

/** Blank text means "none". */
export function bodyOf<V extends Values>(values: V): { [K in keyof V]: V[K] | null } {
  const entries = Object.entries(values).map(([key, value]) => [key, value === "" ? null : value]);
  return Object.fromEntries(entries);
}

/** Only what differs, for PATCH. */
export function changesOf<V extends Values>(values: V, initial: V) {
  const changed = Object.entries(bodyOf(values)).filter(([key]) => values[key] !== initial[key]);
  return Object.fromEntries(changed) as Partial<{ [K in keyof V]: V[K] | null }>;
}

/** Labels, limits, values and errors of a form from the request model; every refusal finds its field or the alert. */
export function useSchemaForm<V extends Values>({
  model,
  room,
  initial,
  needed,
  isGuarded = true,
  save,
  onProblem,
}: Options<V>) {
  const form = useForm<V>({
    initialValues: initial,
    validate: (values) => wrongFields(model, values, needed),
  });
  const [alert, setAlert] = useState<string | null>(null);
  const [saving, setSaving] = useState(false);
  const element = useRef<HTMLFormElement>(null);
  const done = useRef(false);

  useEffect(() => {
    if (Object.keys(form.errors).length) element.current?.querySelector<HTMLElement>(WRONG)?.focus();
  }, [form.errors]);

  function place(problem: Problem) {
    const { fields } = problem;
    const known = fields.filter(({ path }) => path in form.values);
    const errors = known.map(({ path, code, detail }) => [path, fieldSentence(code, detail)]);
    form.setErrors(Object.fromEntries(errors.toReversed()));
    const unknown = fields.filter((field) => !known.includes(field));
    const rest = unknown.map(({ path, code, detail }) => `${path}: ${fieldSentence(code, detail)}`).join(" ");
    setAlert(known.length && !rest ? null : `${sentenceOf(problem)} ${rest}`.trim());
  }

  async function submit(values: V) {
    setAlert(null);
    setSaving(true);
    done.current = true;
    try {
      await save(values);
    } catch (error) {
      done.current = false;
      const problem = problemOf(error);
      if (!onProblem?.(problem)) place(problem);
    } finally {
      setSaving(false);
    }
  }

  useBlockerWhile(() => isGuarded && form.isDirty() && !done.current);
  const limits = limitsOf(model);

  return {
    ...form,
    alert,
    saving,
    element,
    onSubmit: (event?: FormEvent<HTMLFormElement>) => form.onSubmit(submit)(event),
    /** What was saved is the new beginning; leaving no longer asks. */
    settle: (saved?: V) => {
      done.current = false;
      form.resetDirty(saved);
    },
    restart: () => {
      done.current = false;
      form.reset();
    },
    field: <K extends keyof V & string>(name: K) => ({
      ...form.getInputProps(name as never),
      value: form.values[name],
      label: labelOf(room, name),
      name,
      required: limits[name]?.required || needed?.includes(name),
      maxLength: limits[name]?.maxLength,
      "aria-invalid": form.errors[name] ? true : undefined,
    }),
    check: <K extends keyof V & string>(name: K) => ({
      ...form.getInputProps(name as never, { type: "checkbox" }),
      label: labelOf(room, name),
      name,
    }),
  };
}

/** Leaving with unsaved input asks first. */
function useBlockerWhile(isDirty: () => boolean) {
  useBlocker({
    shouldBlockFn: async () => isDirty() && !(await askToLeave()),
    enableBeforeUnload: isDirty,
  });
}

/** Whether what was typed may be lost. */
export function askToLeave() {
  return ask({
    title: i18next.t("common.leaveTitle"),
    text: i18next.t("common.leaveText"),
    confirm: i18next.t("common.discard"),
    isDangerous: true,
  });
}

/** A key per body: repeating the same create after a lost answer is one create, a corrected one is a new one. */
export function useIdempotencyKey() {
  const last = useRef({ body: "", key: "" });
  return (body: unknown) => {
    const text = JSON.stringify(body);
    if (text !== last.current.body) last.current = { body: text, key: randomKey() };
    return last.current.key;
  };
}

/** For what is sent by one press of a key: a repeat after a lost answer creates nothing twice. */
export const onceOnly = () => ({ "Idempotency-Key": randomKey() });

/** `crypto.randomUUID` is missing on plain HTTP. */
export function randomKey(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) =>
    byte.toString(16).padStart(2, "0"),
  ).join("");
}
