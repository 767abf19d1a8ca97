import { Group, Kbd } from "@mantine/core";
import { isSingleKey, useSingleKeys } from "./commands";

const isMac = /Mac|iPhone|iPad/.test(navigator.platform);
const NAMES: Record<string, string> = { mod: isMac ? "⌘" : "Ctrl", shift: "⇧", Enter: "↵", Escape: "Esc" };

/** `mod+k` and `g p` as keycaps; none for keys that are switched off. */
export function Keys({ keys }: { keys: string }) {
  const isOn = useSingleKeys() || !isSingleKey(keys);
  if (!isOn) return null;
  const caps = keys.split(" ").flatMap((stroke) => (stroke === "+" ? [stroke] : stroke.split("+")));
  return (
    <Group gap={3} wrap="nowrap" component="span">
      {caps.map((cap) => (
        <Kbd key={cap} size="xs">
          {NAMES[cap] ?? (cap.length === 1 ? cap.toUpperCase() : cap)}
        </Kbd>
      ))}
    </Group>
  );
}
