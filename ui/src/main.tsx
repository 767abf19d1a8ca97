import "@mantine/core/styles.css";
import "./app.css";
import { localStorageColorSchemeManager, MantineProvider } from "@mantine/core";
import { QueryClientProvider } from "@tanstack/react-query";
import { createRouter, RouterProvider } from "@tanstack/react-router";
import { setNonce } from "get-nonce";
import { createRoot } from "react-dom/client";
import { Problem } from "./api/problem";
import { startLanguages } from "./i18n";
import { routeTree } from "./routeTree.gen";
import { watchSession } from "./session/leave";
import { person } from "./session/me";
import { cssVariables, theme } from "./theme";
import { RouteError, RouteNotFound } from "./ui/RouteStates";

const nonce = document.querySelector<HTMLMetaElement>("meta[name=csp-nonce]")?.content ?? "";
const colorSchemes = localStorageColorSchemeManager({ key: "color-scheme" });

const router = createRouter({
  routeTree,
  defaultPreload: "intent",
  defaultPreloadStaleTime: 0,
  defaultErrorComponent: RouteError,
  defaultNotFoundComponent: RouteNotFound,
  scrollRestoration: true,
});

declare module "@tanstack/react-router" {
  interface Register {
    router: typeof router;
  }
}

/**
 * A tab from before a new version asks for files that are gone: load the new page, but never in a loop.
 * Without a network a reload would end in the browser's own error page; the words are changed because
 * the router reloads by them.
 */
addEventListener("vite:preloadError", (event) => {
  if (!navigator.onLine) {
    event.payload.message = "offline";
    return;
  }
  const key = "reloaded-at";
  if (Date.now() - Number(sessionStorage.getItem(key)) < 10_000) return;
  sessionStorage.setItem(key, String(Date.now()));
  event.preventDefault();
  location.reload();
});

/** A refusal that a screen shows is no bug of the page. */
function reportBug(error: unknown) {
  // biome-ignore lint/suspicious/noConsole: as React does by itself
  if (!(error instanceof Problem)) console.error(error);
}

async function start() {
  setNonce(nonce);
  await startLanguages();
  watchSession();
  createRoot(document.getElementById("root") as HTMLElement, { onCaughtError: reportBug }).render(
    <MantineProvider
      theme={theme}
      cssVariablesResolver={cssVariables}
      colorSchemeManager={colorSchemes}
      defaultColorScheme="auto"
      getStyleNonce={() => nonce}
    >
      <QueryClientProvider client={person.queryClient}>
        <RouterProvider router={router} />
      </QueryClientProvider>
    </MantineProvider>,
  );
}

start();
