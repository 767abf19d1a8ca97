import { expect, test } from "vitest";
import { type Board, cardBeside, moveCard, placeAt, placeOf, replaceCard, stepsOf, whereIs } from "./-board";

/** Columns by their letters, as in "ab|c|". */
function boardOf(text: string): Board {
  const columns = text.split("|").map((letters, number) => {
    const state = { id: `s${number}`, name: `State ${number}`, group: "unstarted" as const };
    const tasks = [...letters].map((id) => ({ id, title: id, state, version: 1 }));
    return { state, is_default: number === 0, total: tasks.length, tasks, next_cursor: null };
  });
  return { project: { id: "p", number: 1, code: "P", name: "P" }, columns } as unknown as Board;
}

const shown = (board: Board) =>
  board.columns.map(({ tasks }) => tasks.map(({ id }) => id).join("")).join("|");
const totals = (board: Board) => board.columns.map(({ total }) => total);
const column = (board: Board, at: number) => board.columns[at] as Board["columns"][number];

test.each([
  ["abc|d", "a", { state_id: "s0", after_id: "b" }, "bac|d"],
  ["abc|d", "c", { state_id: "s0", after_id: null }, "cab|d"],
  ["abc|d", "b", { state_id: "s1", after_id: "d" }, "ac|db"],
  ["abc|d", "b", { state_id: "s1", after_id: null }, "ac|bd"],
  ["a|", "a", { state_id: "s1", after_id: null }, "|a"],
])("in %s, %s goes to its new place", (before, id, place, after) => {
  expect(shown(moveCard(boardOf(before), id, place))).toBe(after);
});

test("counts follow a card, also where not every card is shown", () => {
  const board = boardOf("ab|c");
  column(board, 1).total = 60;

  const moved = moveCard(board, "a", { state_id: "s1", after_id: "c" });

  expect(totals(moved)).toEqual([1, 61]);
  expect(totals(moveCard(board, "a", { state_id: "s0", after_id: "b" }))).toEqual([2, 60]);
  expect(whereIs(moved, "a")?.card.state.id).toBe("s1");
});

test("a card goes back where it came from", () => {
  const board = boardOf("abc|d|");
  for (const id of ["a", "b", "c", "d"]) {
    const home = placeOf(board, id);
    const away = moveCard(board, id, { state_id: "s2", after_id: null });
    expect(home && moveCard(away, id, home)).toEqual(board);
  }
});

test("what is not there changes nothing", () => {
  const board = boardOf("a|b");
  expect(moveCard(board, "x", { state_id: "s0", after_id: null })).toBe(board);
  expect(moveCard(board, "a", { state_id: "s9", after_id: null })).toBe(board);
  expect(placeOf(board, "x")).toBeNull();
});

test.each([
  ["first", 0, null],
  ["between others", 1, "b"],
  ["last", 9, "c"],
])("a place %s is named by its neighbor", (_, index, after_id) => {
  expect(placeAt(column(boardOf("abc"), 0), index, "a")).toEqual({ state_id: "s0", after_id });
});

test("steps lead only where there is room", () => {
  const board = boardOf("abc");
  expect(Object.keys(stepsOf(board, "a"))).toEqual(["down", "bottom"]);
  expect(Object.keys(stepsOf(board, "c"))).toEqual(["up", "top"]);
  expect(stepsOf(boardOf("a"), "a")).toEqual({});
});

test("a step up takes back a step down", () => {
  const board = boardOf("abc");
  const down = moveCard(board, "b", stepsOf(board, "b").down as never);

  expect(shown(down)).toBe("acb");
  expect(shown(moveCard(down, "b", stepsOf(down, "b").up as never))).toBe("abc");
});

test.each([
  ["b", "ArrowUp", "a"],
  ["b", "ArrowDown", "c"],
  ["a", "ArrowUp", null],
  ["c", "ArrowRight", "e"],
  ["a", "ArrowRight", "d"],
  ["e", "ArrowLeft", "b"],
  ["d", "ArrowRight", null],
  ["a", "Home", null],
])("from %s, %s leads to %s", (id, key, to) => {
  expect(cardBeside(boardOf("abc||de"), id, key)).toBe(to);
});

test("what the server says of a card stands on the board", () => {
  const board = boardOf("ab");
  const card = { ...whereIs(board, "b")?.card, version: 7 } as never;

  expect(whereIs(replaceCard(board, card), "b")?.card.version).toBe(7);
  expect(shown(replaceCard(board, card))).toBe("ab");
});
