import type { ErrorComponentProps } from "@tanstack/react-router";
import { useRouter } from "@tanstack/react-router";
import { Problem, problemOf } from "~/api/problem";
import { ErrorState } from "./ErrorState";
import classes from "./Page.module.css";

/** A screen that failed, inside the shell: navigation stays usable. A part that did not load needs a new page. */
export function RouteError({ error, reset }: ErrorComponentProps) {
  const router = useRouter();
  const retry = () => {
    if (!(error instanceof Problem)) return location.reload();
    reset();
    router.invalidate();
  };
  return <ErrorState problem={navigator.onLine ? problemOf(error) : Problem.network()} retry={retry} />;
}

/** Outside of every organization: the whole window. */
export function RootNotFound() {
  return (
    <main className={classes.window}>
      <RouteNotFound />
    </main>
  );
}

export function RouteNotFound() {
  return <ErrorState problem={new Problem(404, { code: "not_found" })} />;
}
