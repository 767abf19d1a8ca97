// Runs before the first paint, so that a dark screen never flashes white.
(() => {
  const chosen = localStorage.getItem("color-scheme");
  const dark =
    chosen === "dark" || (chosen !== "light" && matchMedia("(prefers-color-scheme: dark)").matches);
  document.documentElement.setAttribute("data-mantine-color-scheme", dark ? "dark" : "light");
})();
