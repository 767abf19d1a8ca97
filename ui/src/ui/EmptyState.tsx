import type { ComponentType, ReactNode } from "react";
import classes from "./Page.module.css";

type EmptyStateProps = {
  icon: ComponentType<{ size?: number; stroke?: number }>;
  title: string;
  text: string;
  children?: ReactNode;
};

/** Nothing here: why, and what to do next. */
export function EmptyState({ icon: Icon, title, text, children }: EmptyStateProps) {
  return (
    <div className={classes.state}>
      <div className={classes.stateIcon} aria-hidden>
        <Icon size={24} stroke={1.6} />
      </div>
      <strong>{title}</strong>
      <span className={classes.stateText}>{text}</span>
      {children && <div className={classes.stateActions}>{children}</div>}
    </div>
  );
}
