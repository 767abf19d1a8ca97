type Body = {
  code?: string;
  title?: string;
  detail?: string;
  request_id?: string | null;
  errors?: { pointer: string; code: string; detail: string }[];
} & Record<string, unknown>;
export type FieldProblem = { path: string; code: string; detail: string };

/** Any way a call can fail: the server's RFC 9457 answer, or no answer at all (`status` 0, code `network`). */
export class Problem extends Error {
  readonly status: number;
  readonly code: string;
  readonly requestId: string | null;
  /** Seconds to wait, from `Retry-After`. */
  readonly retryAfter: number | null;
  /** The whole body, for members of one code alone (`current`, `holder`, …). */
  readonly body: Body;

  constructor(status: number, body: Body, headers = new Headers()) {
    super(String(body.detail ?? body.title ?? ""));
    this.status = status;
    this.code = String(body.code ?? "unexpected");
    this.requestId = body.request_id ?? headers.get("X-Request-ID");
    const seconds = Number(headers.get("Retry-After") ?? Number.NaN);
    this.retryAfter = Number.isFinite(seconds) ? seconds : null;
    this.body = body;
  }

  static async from(response: Response): Promise<Problem> {
    const isJson = response.headers.get("Content-Type")?.includes("json");
    const body = isJson ? await response.json().catch(() => ({})) : {};
    return new Problem(response.status, body, response.headers);
  }

  /** A refusal that belongs to one field, as if the server had named it. */
  static atField(field: string, code: string): Problem {
    return new Problem(422, {
      code: "validation_failed",
      errors: [{ pointer: `/${field}`, code, detail: "" }],
    });
  }

  static network(): Problem {
    return new Problem(0, { code: "network" });
  }

  /** Wrong fields with form paths: `/lines/0/price` is `lines.0.price`, `?sort` is `sort`. */
  get fields(): FieldProblem[] {
    return (this.body.errors ?? []).map(({ pointer, code, detail }) => ({
      path: pointer.replace(/^[/?]/, "").replaceAll("/", "."),
      code,
      detail,
    }));
  }

  /** Whether the same call may succeed a moment later. */
  get isPassing(): boolean {
    return this.status === 0 || this.status >= 500;
  }
}

/** Whatever was thrown, as a Problem: bugs of the page itself become `unexpected`. */
export function problemOf(error: unknown): Problem {
  if (error instanceof Problem) return error;
  return new Problem(-1, { code: "unexpected", detail: error instanceof Error ? error.message : "" });
}
