import { send } from "./client";

/** Save a file of one organization; a plain link could neither name the organization nor renew the session. */
export async function download(slug: string, path: string, query: Record<string, string | undefined>) {
  const given = Object.entries(query).filter((pair): pair is [string, string] => pair[1] !== undefined);
  const url = `${location.origin}${path}?${new URLSearchParams(given)}`;
  const response = await send(new Request(url, { headers: { "X-Organization": slug } }));
  const link = document.createElement("a");
  link.href = URL.createObjectURL(await response.blob());
  const named = /filename="?([^";]+)/.exec(response.headers.get("Content-Disposition") ?? "");
  link.download = named?.[1] ?? path.split("/").at(-1) ?? "";
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}
