import type { components } from "~/api/schema.gen";

export type Board = components["schemas"]["BoardOut"];
export type Column = Board["columns"][number];
type Card = Column["tasks"][number];

/** A place on the board: after a task of the column, or at its top. */
export type Place = { state_id: string; after_id: string | null };

/** Where a card stands now. */
export function whereIs(board: Board, id: string) {
  for (const column of board.columns) {
    const index = column.tasks.findIndex((task) => task.id === id);
    if (index >= 0) return { column, index, card: column.tasks[index] as Card };
  }
  return null;
}

/** The place a card has now, for putting it back. */
export function placeOf(board: Board, id: string): Place | null {
  const found = whereIs(board, id);
  return (
    found && { state_id: found.column.state.id, after_id: found.column.tasks[found.index - 1]?.id ?? null }
  );
}

/** The place at an index of the column, as if the card had left the board. */
export function placeAt(column: Column, index: number, id: string): Place {
  const others = column.tasks.filter((task) => task.id !== id);
  return { state_id: column.state.id, after_id: others[Math.min(index, others.length) - 1]?.id ?? null };
}

/** The board with the card at its new place and counts that follow; unknown cards and columns change nothing. */
export function moveCard(board: Board, id: string, { state_id, after_id }: Place): Board {
  const from = whereIs(board, id);
  const to = board.columns.find(({ state }) => state.id === state_id);
  if (!from || !to) return board;
  const card = { ...from.card, state: to.state };
  const columns = board.columns.map((column) => {
    const others = column.tasks.filter((task) => task.id !== id);
    if (column !== to)
      return { ...column, tasks: others, total: column.total - (column === from.column ? 1 : 0) };
    const at = after_id === null ? 0 : others.findIndex((task) => task.id === after_id) + 1;
    const tasks = [...others.slice(0, at), card, ...others.slice(at)];
    return { ...column, tasks, total: column.total + (column === from.column ? 0 : 1) };
  });
  return { ...board, columns };
}

/** The board with what the server says of one card. */
export function replaceCard(board: Board, card: Card): Board {
  const columns = board.columns.map((column) => ({
    ...column,
    tasks: column.tasks.map((task) => (task.id === card.id ? { ...task, ...card } : task)),
  }));
  return { ...board, columns };
}

export type Step = "up" | "down" | "top" | "bottom";

/** Steps within the column that lead somewhere. */
export function stepsOf(board: Board, id: string): Partial<Record<Step, Place>> {
  const found = whereIs(board, id);
  if (!found) return {};
  const { column, index } = found;
  const last = column.tasks.length - 1;
  const to = (at: number) => placeAt(column, at, id);
  return {
    ...(index > 0 && { up: to(index - 1), top: to(0) }),
    ...(index < last && { down: to(index + 1), bottom: to(last) }),
  };
}

const SIDEWAYS: Record<string, number> = { ArrowLeft: -1, ArrowRight: 1 };
const UPWARDS: Record<string, number> = { ArrowUp: -1, ArrowDown: 1 };

/** The card an arrow leads to; sideways empty columns are passed over and the height is kept. */
export function cardBeside(board: Board, id: string, key: string): string | null {
  const found = whereIs(board, id);
  if (!found) return null;
  const { column, index } = found;
  if (key in UPWARDS) return column.tasks[index + (UPWARDS[key] ?? 0)]?.id ?? null;
  const step = SIDEWAYS[key] ?? 0;
  if (step === 0) return null;
  let at = board.columns.indexOf(column) + step;
  while (board.columns[at]?.tasks.length === 0) at += step;
  const tasks = board.columns[at]?.tasks;
  return tasks?.[Math.min(index, tasks.length - 1)]?.id ?? null;
}
