import { monitorForElements } from "@atlaskit/pragmatic-drag-and-drop/adapter/element-adapter";
import { VisuallyHidden } from "@mantine/core";
import { type KeyboardEvent, useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import classes from "~/ui/board.module.css";
import { useCommands } from "~/ui/commands";
import { useMyId } from "~/ui/time/me";
import { BoardColumn } from "./-BoardColumn";
import { type Board, cardBeside, type Place, placeAt, whereIs } from "./-board";
import { useMoving } from "./-moving";
import { useMayTasks } from "./-task-state";

type BoardViewProps = {
  board: Board;
  queryKey: readonly unknown[];
  assignee: string | undefined;
  /** Nothing is made or moved in an archived project. */
  isFrozen: boolean;
  /** Undefined once as many are shown as the server gives at a time. */
  showMore: (() => void) | undefined;
  list: string;
};

const linkOf = (id: string) => document.querySelector<HTMLElement>(`[data-card="${id}"] a`);

/** Columns of cards: dragged, moved by keys or by the menu of each card. */
export function BoardView({ board, queryKey, assignee, isFrozen, showMore, list }: BoardViewProps) {
  const { t } = useTranslation();
  const { mayMake, mayWrite } = useMayTasks();
  const me = useMyId();
  // what is made while one looks at somebody's tasks is for that person
  const owner = assignee === "me" ? me : assignee;
  const assignees = owner && owner !== "nobody" ? [owner] : [];
  const [told, setTold] = useState("");
  const [menuOf, setMenuOf] = useState<string | null>(null);
  const menuWas = useRef<string | null>(null);
  const [active, setActive] = useState<string | null>(null);
  const move = useMoving(queryKey, setTold);
  const moved = useRef<string | null>(null);
  const latest = useRef({ board, move });
  latest.current = { board, move };

  const moveAndFollow = (id: string, place: Place) => {
    moved.current = id;
    setActive(id);
    latest.current.move(id, place);
  };
  useEffect(() => {
    const id = moved.current;
    if (!id || !board) return;
    moved.current = null;
    linkOf(id)?.focus();
  }, [board]);
  useEffect(() => {
    // whoever closes the menu goes on from the card, where the arrows lead on, not from its button
    if (!menuOf && menuWas.current) linkOf(menuWas.current)?.focus();
    menuWas.current = menuOf;
  }, [menuOf]);

  useEffect(
    () =>
      monitorForElements({
        canMonitor: ({ source }) => typeof source.data.card === "string",
        onDrop: ({ source, location }) => {
          const target = location.current.dropTargets[0]?.data;
          const id = String(source.data.card);
          const column = latest.current.board.columns.find(({ state }) => state.id === target?.state);
          if (!target || !column) return;
          const over = target.over ? whereIs(latest.current.board, String(target.over)) : null;
          const others = column.tasks.filter((task) => task.id !== id);
          const at = over ? others.findIndex((task) => task.id === target.over) : others.length;
          if (target.over === id) return;
          latest.current.move(id, placeAt(column, at + (target.edge === "below" ? 1 : 0), id));
        },
      }),
    [],
  );

  useCommands(
    () =>
      active && !isFrozen
        ? [
            {
              id: "board.move",
              group: "record",
              keys: "m",
              label: t("tasks.board.moveTask"),
              run: () => document.activeElement === linkOf(active) && setMenuOf(active),
            },
          ]
        : [],
    [t, active, isFrozen],
  );
  const onKeyDown = (event: KeyboardEvent) => {
    const id = (event.target as HTMLElement).closest<HTMLElement>("[data-card]")?.dataset.card;
    if (!id || (event.target as HTMLElement).tagName !== "A") return;
    const next = cardBeside(board, id, event.key);
    if (!next) return;
    event.preventDefault();
    linkOf(next)?.focus();
  };
  return (
    <section
      className={classes.board}
      aria-label={t("tasks.board.label", { name: board.project.name })}
      onKeyDown={onKeyDown}
    >
      {board.columns.map((column) => (
        <BoardColumn
          key={column.state.id}
          column={column}
          board={board}
          active={active}
          setActive={setActive}
          menuOf={menuOf}
          setMenuOf={setMenuOf}
          move={moveAndFollow}
          mayMove={(task) => !isFrozen && mayWrite(task)}
          mayMake={mayMake && !isFrozen}
          assignees={assignees}
          showMore={showMore}
          list={list}
        />
      ))}
      <VisuallyHidden role="status">{told}</VisuallyHidden>
      <VisuallyHidden id="board-steer">{t("tasks.board.steer")}</VisuallyHidden>
    </section>
  );
}
