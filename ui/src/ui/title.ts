const NAME = "Cloud ERP Lite";
let page = "";
let clock = "";

/** What the tab says: the running clock first, then the screen, then the product. */
export function titleOf(running: string, screen: string): string {
  return [running, screen, NAME].filter(Boolean).join(" · ");
}

function show() {
  document.title = titleOf(clock, page);
}

/** The screen one is on. */
export function titlePage(title: string) {
  page = title;
  show();
}

/** What the timer shows; nothing while none runs. */
export function titleClock(text: string) {
  clock = text;
  show();
}
