import { ActionIcon, Menu } from "@mantine/core";
import { IconArrowsMove } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import classes from "~/ui/board.module.css";
import { type Board, type Place, placeAt, type Step, stepsOf } from "./-board";
import type { TaskRow } from "./-task-state";

type MoveMenuProps = {
  task: TaskRow;
  board: Board;
  opened: boolean;
  setOpened: (opened: boolean) => void;
  isTabStop: boolean;
  move: (place: Place) => void;
};

/** Every move that dragging offers, for hands and keys that do not drag. */
export function MoveMenu({ task, board, opened, setOpened, isTabStop, move }: MoveMenuProps) {
  const { t } = useTranslation();
  const steps = Object.entries(stepsOf(board, task.id)) as [Step, Place][];
  return (
    <Menu opened={opened} onChange={setOpened} position="bottom-end" width={200}>
      <Menu.Target>
        <ActionIcon
          size={24}
          className={classes.move}
          tabIndex={isTabStop ? 0 : -1}
          aria-label={t("tasks.board.move", { name: task.key })}
        >
          <IconArrowsMove size={15} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>{t("tasks.board.moveTo")}</Menu.Label>
        {board.columns.map((column) => (
          <Menu.Item
            key={column.state.id}
            disabled={column.state.id === task.state.id}
            leftSection={<span className={classes.dot} data-group={column.state.group} aria-hidden />}
            onClick={() => move(placeAt(column, column.tasks.length, task.id))}
          >
            {column.state.name}
          </Menu.Item>
        ))}
        {steps.length > 0 && <Menu.Label>{t("tasks.board.within")}</Menu.Label>}
        {steps.map(([step, place]) => (
          <Menu.Item key={step} onClick={() => move(place)}>
            {t(`tasks.board.${step}`)}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
