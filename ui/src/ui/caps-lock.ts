import { type KeyboardEvent, useState } from "react";

/** Whether Caps Lock was on at the last key, to say so before a wrong password. */
export function useCapsLock() {
  const [isOn, setIsOn] = useState(false);
  const watch = (event: KeyboardEvent) => setIsOn(event.getModifierState("CapsLock"));
  return [isOn, watch] as const;
}
