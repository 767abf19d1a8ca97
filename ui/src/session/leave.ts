import { person } from "./me";

const KEPT = ["color-scheme", "language", "single-keys"];
const tabs = new BroadcastChannel("session");

/** Loading a fresh document forgets everything that was read into memory. */
function goToSignIn(next?: string) {
  location.assign(next ? `/login?next=${encodeURIComponent(next)}` : "/login");
}

/** End the session here and in every other tab. The server clears the site's storage; tastes of the device stay. */
export async function signOut() {
  const kept = KEPT.map((key) => [key, localStorage.getItem(key)] as const);
  await person.api.POST("/api/auth/logout", { body: { scope: "local" } });
  for (const [key, value] of kept) if (value) localStorage.setItem(key, value);
  tabs.postMessage("signed-out");
  goToSignIn();
}

/** Follow a sign-out in another tab and the end of the session on the server. */
export function watchSession() {
  tabs.onmessage = () => goToSignIn();
  addEventListener("session-over", () => goToSignIn(location.pathname + location.search));
}
