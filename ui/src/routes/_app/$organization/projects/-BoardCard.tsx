import { draggable, dropTargetForElements } from "@atlaskit/pragmatic-drag-and-drop/adapter/element-adapter";
import { combine } from "@atlaskit/pragmatic-drag-and-drop/combine";
import { Link } from "@tanstack/react-router";
import { useEffect, useRef, useState } from "react";
import classes from "~/ui/board.module.css";
import marks from "~/ui/marks.module.css";
import { Avatars } from "~/ui/people";
import type { Board, Place } from "./-board";
import { MoveMenu } from "./-MoveMenu";
import { Due } from "./-state";
import { PriorityMark, type TaskRow } from "./-task-state";

type BoardCardProps = {
  task: TaskRow;
  board: Board;
  isTabStop: boolean;
  mayMove: boolean;
  isMenuOpen: boolean;
  setMenu: (opened: boolean) => void;
  focus: () => void;
  move: (place: Place) => void;
};

type Edge = "above" | "below";

/** A task that one can open, drag and move by its menu. */
export function BoardCard({
  task,
  board,
  isTabStop,
  mayMove,
  isMenuOpen,
  setMenu,
  focus,
  move,
}: BoardCardProps) {
  const { element, edge, isDragged } = useDragging(task, mayMove);
  return (
    <li
      ref={element}
      className={classes.card}
      data-card={task.id}
      data-edge={edge}
      data-dragged={isDragged || undefined}
      data-movable={mayMove || undefined}
    >
      <div className={classes.cardHead}>
        <span className={marks.key}>{task.key}</span>
        {mayMove && (
          <MoveMenu
            task={task}
            board={board}
            opened={isMenuOpen}
            setOpened={setMenu}
            isTabStop={isTabStop}
            move={move}
          />
        )}
      </div>
      <Link
        to="."
        search={((before: object) => ({ ...before, task: task.id })) as never}
        className={classes.cardTitle}
        tabIndex={isTabStop ? 0 : -1}
        draggable={false}
        aria-describedby="board-steer"
        onFocus={focus}
      >
        {task.title}
      </Link>
      <div className={classes.cardFoot}>
        <PriorityMark priority={task.priority} />
        <Due on={task.due_on} isLate={task.overdue} />
        <Avatars people={task.assignees} />
      </div>
    </li>
  );
}

function useDragging({ id, state }: TaskRow, mayMove: boolean) {
  const element = useRef<HTMLLIElement>(null);
  const [edge, setEdge] = useState<Edge>();
  const [isDragged, setIsDragged] = useState(false);
  useEffect(() => {
    const card = element.current;
    if (!card || !mayMove) return;
    return combine(
      draggable({
        element: card,
        getInitialData: () => ({ card: id }),
        onDragStart: () => setIsDragged(true),
        onDrop: () => setIsDragged(false),
      }),
    );
  }, [id, mayMove]);
  useEffect(() => {
    const card = element.current;
    if (!card) return;
    return dropTargetForElements({
      element: card,
      getData: ({ input }) => {
        const { top, height } = card.getBoundingClientRect();
        return { state: state.id, over: id, edge: input.clientY < top + height / 2 ? "above" : "below" };
      },
      onDrag: ({ self, source }) => setEdge(source.data.card === id ? undefined : (self.data.edge as Edge)),
      onDragLeave: () => setEdge(undefined),
      onDrop: () => setEdge(undefined),
    });
  }, [id, state.id]);
  return { element, edge, isDragged };
}
