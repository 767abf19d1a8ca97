import { type DependencyList, useEffect, useSyncExternalStore } from "react";

export type CommandGroup = "go" | "create" | "record" | "list" | "app";

/** One thing that can be done here; palette, hotkeys and the help sheet all read this. */
export type Command = {
  id: string;
  label: string;
  group: CommandGroup;
  run: () => void;
  /** `n`, `g p` (one after the other), `mod+k`, `?`, `shift+e` */
  keys?: string;
  /** Works as a key but is not offered in the palette. */
  hidden?: boolean;
};

let commands: readonly Command[] = [];
const listeners = new Set<() => void>();

function replace(next: readonly Command[]) {
  commands = next;
  for (const listener of listeners) listener();
}

/** Make commands available while the component is on the screen; later ones win a key. */
export function register(added: readonly Command[]): () => void {
  replace([...commands, ...added]);
  return () => replace(commands.filter((command) => !added.includes(command)));
}

export function useCommands(make: () => Command[], dependencies: DependencyList) {
  // biome-ignore lint/correctness/useExhaustiveDependencies: the caller names what its commands depend on
  useEffect(() => register(make()), dependencies);
}

function subscribe(listener: () => void) {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function useRegisteredCommands(): readonly Command[] {
  return useSyncExternalStore(subscribe, () => commands);
}

type Stroke = Pick<KeyboardEvent, "key" | "ctrlKey" | "metaKey" | "altKey" | "shiftKey">;

/** `Shift+E` is "shift+e", but "?" is "?" on whatever keyboard it needs a shift. */
export function strokeOf(event: Stroke): string {
  const isLetter = /^[a-z]$/i.test(event.key);
  const modifiers = [
    (event.ctrlKey || event.metaKey) && "mod",
    event.altKey && "alt",
    event.shiftKey && (isLetter || event.key.length > 1) && "shift",
  ].filter(Boolean);
  return [...modifiers, event.key.length === 1 ? event.key.toLowerCase() : event.key].join("+");
}

/** The command for this stroke, possibly as the second one of a sequence begun by `before`. */
export function commandFor(stroke: string, before: string | null): Command | undefined {
  const latestFirst = commands.toReversed();
  const sequence = before && latestFirst.find(({ keys }) => keys === `${before} ${stroke}`);
  return sequence || latestFirst.find(({ keys }) => keys === stroke);
}

const SINGLE_KEYS = "single-keys";

/** Whether keys without Ctrl or ⌘ do anything; dictation software and tired hands want them off (WCAG 2.1.4). */
export function areSingleKeysOn(): boolean {
  return localStorage.getItem(SINGLE_KEYS) !== "off";
}

export function setSingleKeys(on: boolean) {
  localStorage.setItem(SINGLE_KEYS, on ? "on" : "off");
  replace([...commands]);
}

export function useSingleKeys(): boolean {
  return useSyncExternalStore(subscribe, areSingleKeysOn);
}

/** A letter, digit or sign, or several one after the other, with nothing held down but Shift. */
export function isSingleKey(keys: string): boolean {
  return keys.split(" ").every((stroke) => stroke.replace(/^shift\+(?=.)/, "").length === 1);
}

const SEQUENCE_MS = 1200;

/** Typing belongs to the field, and Enter to the link or button that has the focus. */
function isBusyTarget({ target, key }: KeyboardEvent): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (key === "Enter" && target.matches("a, button, [role=tab]")) return true;
  return target.isContentEditable || target.matches("input:not([type=checkbox]), textarea, select");
}

/** Single keys rest while someone types or a dialog is open; strokes with Ctrl or ⌘ always count. */
export function listenToKeys(): () => void {
  let before: string | null = null;
  let at = 0;
  const listener = (event: KeyboardEvent) => {
    if (event.defaultPrevented || ["Shift", "Control", "Alt", "Meta"].includes(event.key)) return;
    const stroke = strokeOf(event);
    const isDialogOpen = document.querySelector("[role=dialog][aria-modal=true], [role=menu]") !== null;
    if (!stroke.startsWith("mod+") && (isBusyTarget(event) || isDialogOpen)) return;
    if (isSingleKey(stroke) && !areSingleKeysOn()) return;
    const command = commandFor(stroke, event.timeStamp - at < SEQUENCE_MS ? before : null);
    before = stroke;
    at = event.timeStamp;
    if (!command) return;
    event.preventDefault();
    before = null;
    command.run();
  };
  document.addEventListener("keydown", listener);
  return () => document.removeEventListener("keydown", listener);
}
