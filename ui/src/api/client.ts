import createClient, { type Client } from "openapi-fetch";
import { Problem } from "./problem";
import type { paths } from "./schema.gen";

/** Calls that need no access token: their 401 is an answer, never a reason to refresh. */
const PUBLIC = new Set([
  "/api/auth/options",
  "/api/auth/login",
  "/api/auth/login/directory",
  "/api/auth/register",
  "/api/auth/refresh",
  "/api/auth/logout",
  "/api/auth/reset-password",
  "/api/auth/verify-email",
  "/api/auth/resend-otp",
  "/api/auth/forgot-password",
  "/api/invitations/read",
]);
/** Asked before a screen opens; the route itself answers its 401. */
const ME = "/api/auth/me";
const REFRESHED_AT = "refreshed-at";
const MOST_REPEATS = 2;
const SAFE = new Set(["GET", "HEAD"]);

/** The CSRF cookie is readable on purpose; without it nobody is signed in. */
export function csrfToken(): string | null {
  return document.cookie.match(/(?:^|; )(?:__Host-)?csrf_token=([^;]+)/)?.[1] ?? null;
}

/** Without its CSRF cookie a dead session is not asked about again. */
function forgetSession() {
  document.cookie = "csrf_token=; Max-Age=0; Path=/";
  document.cookie = "__Host-csrf_token=; Max-Age=0; Path=/; Secure";
}

/** An answer nobody reads would keep its connection. */
const drop = (response: Response) => response.body?.cancel();

const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

const NAMES_WRONG = ["invalid_credentials", "invalid_account_id"];

/** Some calls ask for a password once more: that it is wrong says nothing about the session. */
async function isWrongPassword(response: Response): Promise<boolean> {
  const body: { code?: string } = await response
    .clone()
    .json()
    .catch(() => ({}));
  return NAMES_WRONG.includes(body.code ?? "");
}

/** One attempt. The CSRF cookie is read each time because refreshing rotates it. */
async function attempt(request: Request): Promise<Response> {
  const copy = request.clone();
  const token = csrfToken();
  if (token && !SAFE.has(copy.method)) copy.headers.set("X-CSRF-Token", token);
  const response = await fetch(copy).catch((error: unknown) => {
    if (copy.signal.aborted) throw error;
    throw Problem.network();
  });
  noteVersion(response.headers.get("X-App-Version"));
  return response;
}

let running: Promise<boolean> | undefined;

async function refreshUnlessFresh(sentAt: number): Promise<boolean> {
  if (Number(localStorage.getItem(REFRESHED_AT)) > sentAt) return true;
  const request = new Request(`${location.origin}/api/auth/refresh`, { method: "POST" });
  const response = await attempt(request);
  if (response.ok) localStorage.setItem(REFRESHED_AT, String(Date.now()));
  else if (response.status !== 401) throw await Problem.from(response);
  else forgetSession();
  await drop(response);
  return response.ok;
}

/**
 * Renew the session at most once at a time, over all tabs, and not at all when another tab did so after `sentAt`.
 * False: the session is over. Browsers offer locks over HTTPS and on localhost only.
 */
export function refresh(sentAt: number): Promise<boolean> {
  running ??= (
    navigator.locks
      ? navigator.locks.request("refresh", () => refreshUnlessFresh(sentAt))
      : refreshUnlessFresh(sentAt)
  ).finally(() => {
    running = undefined;
  });
  return running;
}

/** Creating with an Idempotency-Key may be repeated after a lost answer, anything after a "not now" that names a wait. */
async function patiently(request: Request): Promise<Response> {
  const repeatable = request.headers.has("Idempotency-Key");
  for (let repeat = 0; ; repeat++) {
    try {
      const response = await attempt(request);
      const wait = Number(response.headers.get("Retry-After") ?? Number.NaN);
      const notNow = response.status === 503 && wait <= 5 && !SAFE.has(request.method);
      if (!notNow || repeat === MOST_REPEATS) return response;
      await drop(response);
      await pause(wait * 1000);
    } catch (error) {
      if (!repeatable || !(error instanceof Problem) || repeat === MOST_REPEATS) throw error;
      await pause(400 * 2 ** repeat);
    }
  }
}

/** The one way to the server: every failure is thrown as a Problem. */
export async function send(request: Request): Promise<Response> {
  const sentAt = Date.now();
  let response = await patiently(request);
  const path = new URL(request.url).pathname;
  if (response.status === 401 && !PUBLIC.has(path) && !(await isWrongPassword(response))) {
    if (csrfToken() && (await refresh(sentAt))) {
      await drop(response);
      response = await patiently(request);
    } else if (path !== ME) dispatchEvent(new Event("session-over"));
  }
  if (!response.ok) throw await Problem.from(response);
  return response;
}

let version: string | null = null;

/** Announces once that the server now runs another version than the one this page came from. */
function noteVersion(seen: string | null) {
  if (seen && version && seen !== version) dispatchEvent(new Event("new-version"));
  version ??= seen;
}

export type Api = Client<paths>;

/** A client whose every call goes to one organization; without a slug: calls about the person. */
export function apiFor(slug?: string): Api {
  return createClient<paths>({
    baseUrl: location.origin,
    fetch: send,
    headers: slug ? { "X-Organization": slug } : {},
  });
}
