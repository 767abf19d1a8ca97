import { IconChevronLeft } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import { type ReactNode, useEffect, useRef } from "react";
import classes from "./Page.module.css";
import { titlePage } from "./title";

type PageProps = {
  title: string;
  /** Beside the title: status, number. */
  badge?: ReactNode;
  /** The way back up. */
  parent?: { to: string; label: string };
  actions?: ReactNode;
  /** The page fills the window and scrolls inside, as lists do. */
  isList?: boolean;
  children: ReactNode;
};

/** Nothing is announced for the page one arrives at by address; the browser does that. */
let isFirst = true;

/** Title, way back and actions of a screen; moves the focus to the title when one arrives. */
export function Page({ title, badge, parent, actions, isList, children }: PageProps) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => titlePage(title), [title]);
  useEffect(() => {
    if (!isFirst && !document.activeElement?.closest("[role=dialog]"))
      heading.current?.focus({ preventScroll: true });
    isFirst = false;
  }, []);
  return (
    <div className={classes.page} data-list={isList || undefined}>
      <header className={classes.header}>
        <div className={classes.heading}>
          {parent && (
            <Link to={parent.to} className={classes.parent}>
              <IconChevronLeft size={14} aria-hidden />
              {parent.label}
            </Link>
          )}
          <div className={classes.titles}>
            <h1 ref={heading} tabIndex={-1} className={classes.title}>
              {title}
            </h1>
            {badge}
          </div>
        </div>
        {actions && <div className={classes.actions}>{actions}</div>}
      </header>
      {children}
    </div>
  );
}
