import type { ReactNode } from "react";
import classes from "./Panel.module.css";

type PanelRowProps = { icon?: ReactNode; title: ReactNode; note: ReactNode; action?: ReactNode };

/** A short list inside of a panel: devices, keys, connections. */
export function PanelRows({ label, children }: { label: string; children: ReactNode }) {
  return (
    <ul className={classes.rows} aria-label={label}>
      {children}
    </ul>
  );
}

export function PanelRow({ icon, title, note, action }: PanelRowProps) {
  return (
    <li className={classes.row}>
      {icon && (
        <span className={classes.rowIcon} aria-hidden>
          {icon}
        </span>
      )}
      <span className={classes.rowText}>
        <span className={classes.rowTitle}>{title}</span>
        <span className={classes.rowNote}>{note}</span>
      </span>
      {action}
    </li>
  );
}
