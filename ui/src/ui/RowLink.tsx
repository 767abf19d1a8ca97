import { Link } from "@tanstack/react-router";
import classes from "./DataTable.module.css";

type RowLinkProps = { to: string; name: string /** A second line, on phones alone. */; second?: string };

/** The name of a row, linked; the link covers the row. */
export function RowLink({ to, name, second }: RowLinkProps) {
  return (
    <>
      <Link to={to} className={classes.primary}>
        {name}
      </Link>
      {second && <span className={classes.second}>{second}</span>}
    </>
  );
}
