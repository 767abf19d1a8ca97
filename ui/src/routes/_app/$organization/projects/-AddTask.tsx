import { Button, TextInput } from "@mantine/core";
import { IconPlus } from "@tabler/icons-react";
import { type KeyboardEvent, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { invalidate } from "~/api/queries";
import { useWorkspace } from "~/session/workspace";
import classes from "~/ui/board.module.css";
import { useCommands } from "~/ui/commands";
import { onceOnly } from "~/ui/form";
import { sayProblem } from "~/ui/toast";
import type { TaskRow } from "./-task-state";

type AddTaskProps = {
  projectId: string;
  /** The column it goes to, else the default one. */
  state?: TaskRow["state"];
  parentId?: string;
  assignees?: string[];
  /** `n` opens it. */
  isRow?: boolean;
  label?: string;
};

/** A title and Enter: the task is there and the next one can be typed. Escape ends. */
export function AddTask({ projectId, state, parentId, assignees = [], isRow, label }: AddTaskProps) {
  const { t } = useTranslation();
  const { api, queryClient } = useWorkspace();
  const [isOpen, setIsOpen] = useState(false);
  const [title, setTitle] = useState("");
  const button = useRef<HTMLButtonElement>(null);
  const last = useRef<Promise<unknown>>(Promise.resolve());
  const name = label ?? (state ? t("tasks.board.addTo", { state: state.name }) : t("tasks.new"));
  useCommands(
    () => (isRow ? [{ id: "new", group: "create", keys: "n", label: name, run: () => setIsOpen(true) }] : []),
    [isRow, name],
  );

  async function add(wanted: string) {
    const body = {
      project_id: projectId,
      title: wanted,
      state_id: state?.id,
      parent_id: parentId,
      assignee_ids: assignees,
    };
    try {
      await api.POST("/api/tasks", {
        body: body as never,
        headers: onceOnly(),
      });
    } catch (error) {
      setTitle((typed) => typed || wanted);
      sayProblem(error);
    }
    await invalidate(queryClient, "/api/projects", "/api/tasks");
  }
  const close = () => {
    setIsOpen(false);
    setTitle("");
    requestAnimationFrame(() => button.current?.focus());
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.nativeEvent.isComposing) return;
    const wanted = title.trim();
    if (event.key === "Escape") close();
    if (event.key !== "Enter" || !wanted) return;
    event.preventDefault();
    setTitle("");
    last.current = last.current.then(() => add(wanted)); // they stand in the order they were typed
  };
  if (!isOpen)
    return (
      <Button
        ref={button}
        variant="subtle"
        color="gray"
        size="compact-md"
        fz="sm"
        justify="flex-start"
        className={classes.add}
        data-row={isRow || undefined}
        leftSection={<IconPlus size={15} />}
        aria-label={name}
        onClick={() => setIsOpen(true)}
      >
        {state ? t("tasks.board.add") : name}
      </Button>
    );
  return (
    <TextInput
      autoFocus
      className={classes.add}
      wrapperProps={{ "data-row": isRow || undefined }}
      data-mantine-stop-propagation
      aria-label={name}
      placeholder={t("tasks.board.placeholder")}
      description={t("tasks.board.hint")}
      inputWrapperOrder={["input", "description"]}
      maxLength={200}
      value={title}
      onChange={(event) => setTitle(event.currentTarget.value)}
      onKeyDown={onKeyDown}
      onBlur={() => !title.trim() && setIsOpen(false)}
    />
  );
}
