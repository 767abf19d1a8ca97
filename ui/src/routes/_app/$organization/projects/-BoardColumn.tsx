import { dropTargetForElements } from "@atlaskit/pragmatic-drag-and-drop/adapter/element-adapter";
import { Button } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { useEffect, useId, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import classes from "~/ui/board.module.css";
import { count } from "~/ui/format";
import { AddTask } from "./-AddTask";
import { BoardCard } from "./-BoardCard";
import type { Board, Column, Place } from "./-board";
import type { TaskRow } from "./-task-state";

type BoardColumnProps = {
  column: Column;
  board: Board;
  /** The card the keys are at, in whatever column. */
  active: string | null;
  setActive: (id: string) => void;
  menuOf: string | null;
  setMenuOf: (id: string | null) => void;
  move: (id: string, place: Place) => void;
  mayMove: (task: TaskRow) => boolean;
  mayMake: boolean;
  assignees: string[];
  showMore: (() => void) | undefined;
  list: string;
};

/** One state with the tasks in it; cards dropped beside others go to its end. */
export function BoardColumn({
  column,
  board,
  active,
  setActive,
  menuOf,
  setMenuOf,
  ...rest
}: BoardColumnProps) {
  const { move, mayMove, mayMake, assignees, showMore, list } = rest;
  const { t } = useTranslation();
  const id = useId();
  const element = useRef<HTMLElement>(null);
  const [isOver, setIsOver] = useState(false);
  const { state, tasks, total } = column;
  useEffect(() => {
    if (!element.current) return;
    return dropTargetForElements({
      element: element.current,
      getData: () => ({ state: state.id }),
      onDragEnter: () => setIsOver(true),
      onDragLeave: () => setIsOver(false),
      onDrop: () => setIsOver(false),
    });
  }, [state.id]);
  const tabStop = tasks.some((task) => task.id === active) ? active : tasks[0]?.id;
  return (
    <section ref={element} className={classes.column} data-over={isOver || undefined} aria-labelledby={id}>
      <header className={classes.columnHead}>
        <h2 id={id}>
          <span className={classes.dot} data-group={state.group} aria-hidden />
          {state.name}
        </h2>
        <span className={classes.count} role="img" aria-label={t("tasks.board.count", { count: total })}>
          {count(total)}
        </span>
      </header>
      <div className={classes.scroll}>
        <ul className={classes.cards}>
          {tasks.map((task) => (
            <BoardCard
              key={task.id}
              task={task}
              board={board}
              isTabStop={task.id === tabStop}
              mayMove={mayMove(task)}
              isMenuOpen={menuOf === task.id}
              setMenu={(opened) => setMenuOf(opened ? task.id : null)}
              focus={() => setActive(task.id)}
              move={(place) => move(task.id, place)}
            />
          ))}
        </ul>
        {total > tasks.length && <More left={total - tasks.length} showMore={showMore} list={list} />}
        {mayMake && <AddTask projectId={board.project.id} state={state} assignees={assignees} />}
      </div>
    </section>
  );
}

type MoreProps = { left: number; showMore: (() => void) | undefined; list: string };

function More({ left, showMore, list }: MoreProps) {
  const { t } = useTranslation();
  if (showMore)
    return (
      <Button variant="subtle" size="compact-sm" onClick={showMore}>
        {t("tasks.board.more", { count: left })}
      </Button>
    );
  return (
    <Link to={list} search={{ which: "all" } as never} className={classes.more}>
      {t("tasks.board.inList")}
    </Link>
  );
}
