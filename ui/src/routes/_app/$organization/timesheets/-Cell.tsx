import { Tooltip } from "@mantine/core";
import { IconAlertCircle, IconCheck, IconLock } from "@tabler/icons-react";
import { type KeyboardEvent, useId, useState } from "react";
import { useTranslation } from "react-i18next";
import { hours, parseDuration } from "~/ui/duration";
import classes from "~/ui/time/week.module.css";
import type { Mark } from "./-cells";
import type { GridCell, Lock } from "./-grid";

/** Reasons that lie in the cell; all others hold for the whole week and are said above it. */
const ONE_BY_ONE: readonly Lock[] = ["clock_entries", "timer_running", "billed", "period_closed"];

type CellProps = {
  cell: GridCell;
  label: string;
  mark: Mark | undefined;
  /** Where it stands, for the keys that lead to the next row. */
  at: { row: number; column: number };
  fill: (seconds: number) => void;
  forget: () => void;
  move: (event: KeyboardEvent<HTMLInputElement>) => void;
};

/** A day of a row: typed like in a spreadsheet, saved when one leaves it. */
export function Cell({ cell, label, mark, at, fill, forget, move }: CellProps) {
  const { t } = useTranslation();
  const id = useId();
  const [draft, setDraft] = useState<string | null>(null);
  const shown = cell.seconds ? hours(cell.seconds) : "";
  const parsed = draft?.trim() ? parseDuration(draft) : 0;
  const [isStuck, setIsStuck] = useState(false);
  const isOpen = cell.lock === null;
  const wrong = !isOpen
    ? undefined
    : isStuck && parsed === null
      ? t("timesheets.week.notDuration")
      : mark?.message;
  const reason = cell.lock ? t(`timesheets.locked.${cell.lock}`) : wrong;
  const isNoted = cell.lock && ONE_BY_ONE.includes(cell.lock);

  const leave = () => {
    if (draft === null) return;
    if (parsed === null) return setIsStuck(true);
    setDraft(null);
    setIsStuck(false);
    if (draft !== shown && parsed !== cell.seconds) fill(parsed);
  };
  const restore = () => {
    setDraft(null);
    setIsStuck(false);
    if (mark?.state === "error") forget();
  };
  return (
    <td
      className={classes.cell}
      data-lock={cell.lock ?? undefined}
      data-state={wrong ? "error" : mark?.state}
    >
      <Tooltip
        label={reason}
        disabled={!reason}
        multiline
        maw={260}
        openDelay={0}
        events={{ hover: true, focus: true, touch: true }}
      >
        <input
          className={classes.input}
          data-cell={`${at.row}/${at.column}`}
          aria-label={label}
          aria-invalid={wrong ? true : undefined}
          aria-describedby={reason ? id : undefined}
          readOnly={!isOpen}
          inputMode="text"
          autoComplete="off"
          placeholder={isOpen ? "–" : undefined}
          value={isOpen ? (draft ?? shown) : shown}
          onFocus={(event) => event.currentTarget.select()}
          onChange={(event) => setDraft(event.currentTarget.value)}
          onBlur={leave}
          onKeyDown={(event) => (event.key === "Escape" ? restore() : move(event))}
        />
      </Tooltip>
      {reason && (
        <span id={id} hidden>
          {reason}
        </span>
      )}
      <span className={classes.mark} aria-hidden>
        {wrong ? (
          <IconAlertCircle size={13} />
        ) : mark?.state === "saved" ? (
          <IconCheck size={13} />
        ) : mark?.state === "saving" ? (
          <span className={classes.saving} />
        ) : (
          isNoted && <IconLock size={12} />
        )}
      </span>
    </td>
  );
}
