// @vitest-environment happy-dom
import { beforeEach, expect, test, vi } from "vitest";

type Step = () => Response | Promise<Response>;
let calls: string[] = [];
let tokens: (string | null)[] = [];

const answer = (status: number, headers: Record<string, string> = {}) =>
  new Response("{}", { status, headers });
const request = (method = "GET", headers: Record<string, string> = {}, path = "/api/products") =>
  new Request(`http://localhost:3000${path}`, { method, headers });

/** Serve each path its answers in turn; the last one repeats. */
async function clientWith(script: Record<string, Step[]>) {
  calls = [];
  tokens = [];
  vi.stubGlobal("fetch", async (sent: Request) => {
    const path = new URL(sent.url).pathname;
    calls.push(`${sent.method} ${path}`);
    tokens.push(sent.headers.get("X-CSRF-Token"));
    const steps = script[path] ?? [];
    const step = steps.length > 1 ? steps.shift() : steps[0];
    if (!step) throw new Error(`nothing scripted for ${path}`);
    return step();
  });
  vi.resetModules();
  return import("./client");
}

const REFRESH = "/api/auth/refresh";
const renew: Step = () => {
  document.cookie = "csrf_token=new; Path=/";
  return answer(200);
};

beforeEach(() => {
  localStorage.clear();
  document.cookie = "csrf_token=old; Path=/";
});

test("a 401 gives exactly: call, refresh, call again, with the fresh CSRF token", async () => {
  const { send } = await clientWith({
    "/api/products": [() => answer(401), () => answer(201)],
    [REFRESH]: [renew],
  });

  const response = await send(request("POST"));

  expect(response.status).toBe(201);
  expect(calls).toEqual(["POST /api/products", `POST ${REFRESH}`, "POST /api/products"]);
  expect(tokens).toEqual(["old", "old", "new"]);
});

test("calls that fail together share one refresh", async () => {
  let fresh = false;
  const { send } = await clientWith({
    "/api/products": [() => answer(fresh ? 200 : 401)],
    [REFRESH]: [
      async () => {
        await new Promise((resolve) => setTimeout(resolve, 5));
        fresh = true;
        return answer(200);
      },
    ],
  });

  await Promise.all([send(request()), send(request()), send(request())]);

  expect(calls.filter((call) => call.includes(REFRESH))).toHaveLength(1);
});

test("what another tab has just refreshed is not refreshed again", async () => {
  const { send } = await clientWith({
    "/api/products": [
      () => {
        localStorage.setItem("refreshed-at", String(Date.now() + 1000));
        return answer(401);
      },
      () => answer(200),
    ],
    [REFRESH]: [renew],
  });

  await send(request());

  expect(calls).toEqual(["GET /api/products", "GET /api/products"]);
});

test("a second 401 is shown, not refreshed again", async () => {
  const { send } = await clientWith({ "/api/products": [() => answer(401)], [REFRESH]: [renew] });

  await expect(send(request())).rejects.toMatchObject({ status: 401 });

  expect(calls).toHaveLength(3);
});

test("a session that is over is announced once and not asked about again", async () => {
  const over = vi.fn();
  addEventListener("session-over", over, { once: true });
  const { send, csrfToken } = await clientWith({
    "/api/products": [() => answer(401)],
    [REFRESH]: [() => answer(401)],
  });

  await expect(send(request())).rejects.toMatchObject({ status: 401 });

  expect(over).toHaveBeenCalledOnce();
  expect(csrfToken()).toBeNull();
});

test("a wrong password is an answer, not an ended session", async () => {
  const { send } = await clientWith({ "/api/auth/login": [() => answer(401)], [REFRESH]: [renew] });

  await expect(send(request("POST", {}, "/api/auth/login"))).rejects.toMatchObject({ status: 401 });

  expect(calls).toEqual(["POST /api/auth/login"]);
});

test("a password that is asked for once more may be wrong in a session that lives on", async () => {
  const path = "/api/auth/reauthenticate";
  const wrong: Step = () =>
    new Response('{"code":"invalid_credentials"}', {
      status: 401,
      headers: { "Content-Type": "application/problem+json" },
    });
  const { send } = await clientWith({ [path]: [wrong], [REFRESH]: [renew] });

  await expect(send(request("POST", {}, path))).rejects.toMatchObject({ code: "invalid_credentials" });

  expect(calls).toEqual([`POST ${path}`]);
});

test("a create with an idempotency key survives a lost answer, another write does not repeat", async () => {
  const lost: Step = () => Promise.reject(new TypeError("network"));
  const { send } = await clientWith({ "/api/products": [lost, () => answer(201)] });

  const response = await send(request("POST", { "Idempotency-Key": "k" }));

  expect(response.status).toBe(201);
  const again = await clientWith({ "/api/products": [lost] });
  await expect(again.send(request("PATCH"))).rejects.toMatchObject({ code: "network" });
  expect(calls).toHaveLength(1);
});

test("a server that names a short wait is asked again, at most twice", async () => {
  const busy: Step = () => answer(503, { "Retry-After": "0" });
  const { send } = await clientWith({ "/api/products": [busy] });

  await expect(send(request("POST"))).rejects.toMatchObject({ status: 503 });

  expect(calls).toHaveLength(3);
});

test("an organization's client names it on every call", async () => {
  let slug: string | null = null;
  const { apiFor } = await clientWith({});
  vi.stubGlobal("fetch", async (sent: Request) => {
    slug = sent.headers.get("X-Organization");
    return new Response('{"items":[]}', { headers: { "Content-Type": "application/json" } });
  });

  await apiFor("acme").GET("/api/units");

  expect(slug).toBe("acme");
});

test("a new version of the server is announced", async () => {
  const announced = vi.fn();
  addEventListener("new-version", announced);
  const versions = ["1.0", "1.0", "1.1"];
  const { send } = await clientWith({
    "/api/products": [() => answer(200, { "X-App-Version": versions.shift() ?? "" })],
  });

  for (const _ of [1, 2, 3]) await send(request());

  expect(announced).toHaveBeenCalledOnce();
});
