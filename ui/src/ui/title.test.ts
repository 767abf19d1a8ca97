// @vitest-environment happy-dom
import { expect, test } from "vitest";
import { titleClock, titlePage } from "./title";

test("the tab shows the screen, and the clock before it while it runs", () => {
  titlePage("Products");
  expect(document.title).toBe("Products · Cloud ERP Lite");

  titleClock("1:30:05 Design");
  expect(document.title).toBe("1:30:05 Design · Products · Cloud ERP Lite");
  titlePage("Stock");
  expect(document.title).toBe("1:30:05 Design · Stock · Cloud ERP Lite");

  titleClock("");
  expect(document.title).toBe("Stock · Cloud ERP Lite");
});
