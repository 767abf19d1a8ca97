import { VisuallyHidden } from "@mantine/core";
import { type KeyboardEvent, useRef } from "react";
import { useTranslation } from "react-i18next";
import { hours } from "~/ui/duration";
import { longDate, shortDate } from "~/ui/format";
import { subjectOf } from "~/ui/time/entries";
import classes from "~/ui/time/week.module.css";
import { Cell } from "./-Cell";
import type { useCells } from "./-cells";
import { type GridRow, keyOfCell, nameOfRow, placeAfter, sumOf, sumsByDay, type Week } from "./-grid";

type WeekGridProps = { week: Week; rows: GridRow[]; cells: ReturnType<typeof useCells> };

/** Projects and tasks by days, with the keys of a spreadsheet. */
export function WeekGrid({ week, rows, cells }: WeekGridProps) {
  const { t } = useTranslation();
  const table = useRef<HTMLTableElement>(null);
  const sums = sumsByDay(rows);
  const isDue = week.expected_seconds > 0;
  const states = Object.values(cells.marks).map((mark) => mark?.state);
  const news = states.includes("saving") ? "saving" : states.includes("saved") ? "saved" : null;

  const moveFrom = (row: number, column: number) => (event: KeyboardEvent) => {
    const next = placeAfter(event.key, event.shiftKey, { row, rows: rows.length });
    if (event.key === "Enter") event.preventDefault();
    if (next === null) {
      if (event.key === "Enter") (event.currentTarget as HTMLElement).blur();
      return;
    }
    event.preventDefault();
    table.current?.querySelector<HTMLElement>(`[data-cell="${next}/${column}"]`)?.focus();
  };
  return (
    <div className={classes.scroll}>
      <table ref={table} className={classes.table} aria-label={t("timesheets.week.grid")}>
        <thead>
          <tr>
            <th scope="col" className={classes.row}>
              {t("timesheets.week.row")}
            </th>
            {week.days.map(({ day }) => (
              <th key={day} scope="col" data-today={day === week.today || undefined}>
                {shortDate(day)}
              </th>
            ))}
            <th scope="col">{t("timesheets.week.sum")}</th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row, index) => (
            <tr key={row.key}>
              <th scope="row" className={classes.row}>
                <span className={classes.subject}>{subjectOf(row)}</span>
                {(row.activity || row.task) && (
                  <span className={classes.more}>
                    {[row.activity, row.task && row.project.name].filter(Boolean).join(" · ")}
                  </span>
                )}
              </th>
              {row.cells.map((cell, column) => {
                const key = keyOfCell(row.key, cell.day);
                return (
                  <Cell
                    key={cell.day}
                    cell={cell}
                    label={t("timesheets.week.cell", { row: nameOfRow(row), day: longDate(cell.day) })}
                    mark={cells.marks[key]}
                    at={{ row: index, column }}
                    fill={(seconds) => cells.fill(row, cell.day, seconds)}
                    forget={() => cells.forget(key)}
                    move={moveFrom(index, column)}
                  />
                );
              })}
              <td className={classes.sum}>{hours(row.seconds)}</td>
            </tr>
          ))}
        </tbody>
        <tfoot>
          <tr className={classes.total}>
            <th scope="row" className={classes.row}>
              {t("timesheets.week.total")}
            </th>
            {week.days.map(({ day }, column) => (
              <td key={day} className={classes.sum}>
                {sums[column] ? hours(sums[column]) : "–"}
              </td>
            ))}
            <td className={classes.sum}>{hours(sumOf(rows))}</td>
          </tr>
          {isDue && (
            <tr className={classes.due}>
              <th scope="row" className={classes.row}>
                {t("timesheets.week.expected")}
              </th>
              {week.days.map(({ day, expected_seconds, missing_seconds }) => (
                <td key={day} className={classes.sum} data-missing={missing_seconds > 0 || undefined}>
                  {expected_seconds > 0 && hours(expected_seconds)}
                </td>
              ))}
              <td className={classes.sum}>{hours(week.expected_seconds)}</td>
            </tr>
          )}
        </tfoot>
      </table>
      <VisuallyHidden role="status">{news && t(`timesheets.week.${news}`)}</VisuallyHidden>
    </div>
  );
}
