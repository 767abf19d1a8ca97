import { expect, test } from "vitest";
import { Problem, problemOf } from "./problem";

const answer = (status: number, body: object, headers: Record<string, string> = {}) =>
  new Response(JSON.stringify(body), {
    status,
    headers: { "Content-Type": "application/problem+json", ...headers },
  });

test("pointers become form paths", async () => {
  const errors = [
    { pointer: "/lines/0/price", code: "too_low", detail: "Too low" },
    { pointer: "?sort", code: "literal_error", detail: "Unknown" },
  ];

  const problem = await Problem.from(answer(422, { code: "validation_failed", errors }));

  expect(problem.fields.map(({ path }) => path)).toEqual(["lines.0.price", "sort"]);
});

test("code, detail, request id and waiting time are at hand", async () => {
  const body = { code: "too_many_attempts", detail: "Wait", request_id: "r1" };

  const problem = await Problem.from(answer(429, body, { "Retry-After": "30" }));

  expect(problem).toMatchObject({
    status: 429,
    code: "too_many_attempts",
    message: "Wait",
    requestId: "r1",
    retryAfter: 30,
  });
  expect(problem.isPassing).toBe(false);
});

test("an answer that is no problem keeps its status and the request id of its header", async () => {
  const response = new Response("<html>", { status: 502, headers: { "X-Request-ID": "r2" } });

  const problem = await Problem.from(response);

  expect(problem).toMatchObject({ status: 502, code: "unexpected", requestId: "r2", isPassing: true });
});

test("no answer may pass, a bug of the page does not", () => {
  expect(Problem.network().isPassing).toBe(true);
  expect(problemOf(new TypeError("x is undefined")).isPassing).toBe(false);
});
