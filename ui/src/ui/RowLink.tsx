import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import classes from "./DataTable.module.css";

type RowLinkProps = {
  to: string;
  name: string;
  /** Leads to a drawer over the list instead, which keeps its own search. */
  search?: (before: object) => object;
  /** A second line, on phones alone. */
  second?: string;
};

/** The name of a row, linked; the link covers the row. */
export function RowLink({ to, name, search, second }: RowLinkProps) {
  return (
    <>
      <Link to={to} search={search as never} className={classes.primary}>
        {name}
      </Link>
      {second && <span className={classes.second}>{second}</span>}
    </>
  );
}

type RowNameProps = {
  name: string /** A second line, on phones alone. */;
  second?: string | null;
  children?: ReactNode;
};

/** The name of a row that leads nowhere, with what belongs to it. */
export function RowName({ name, second, children }: RowNameProps) {
  return (
    <span className={classes.name}>
      <span className={classes.nameLine}>
        <span className={classes.nameText}>{name}</span>
        {children}
      </span>
      {second && <span className={classes.second}>{second}</span>}
    </span>
  );
}
