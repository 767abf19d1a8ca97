import { Button, type ButtonProps, CloseButton, type ElementProps, Group } from "@mantine/core";
import { IconPlus } from "@tabler/icons-react";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import classes from "./Filter.module.css";

type FilterProps = {
  label: string;
  isChosen: boolean;
  clear: () => void;
  /** What opens the choices, around a `FilterTarget`. */
  children: ReactNode;
};

/** One filter of a list: dashed while open to all, solid with its value and a way to clear it. */
export function Filter({ label, isChosen, clear, children }: FilterProps) {
  const { t } = useTranslation();
  return (
    <Group gap={0} wrap="nowrap" className={classes.filter} data-chosen={isChosen || undefined}>
      {children}
      {isChosen && (
        <CloseButton
          size={24}
          iconSize={14}
          aria-label={t("common.clearFilter", { name: label })}
          onClick={clear}
        />
      )}
    </Group>
  );
}

type FilterTargetProps = ButtonProps & ElementProps<"button"> & { label: string; chosen: string | undefined };

/** The button of a filter: its name, and what it lets through. */
export function FilterTarget({ label, chosen, ...button }: FilterTargetProps) {
  return (
    <Button
      {...button}
      variant="transparent"
      className={classes.target}
      leftSection={chosen ? undefined : <IconPlus size={14} />}
    >
      {label}
      {chosen && (
        <>
          : <b>{chosen}</b>
        </>
      )}
    </Button>
  );
}
