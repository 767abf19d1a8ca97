import { Skeleton, Table, Text, VisuallyHidden } from "@mantine/core";
import { type ReactNode, useId } from "react";
import type { Column } from "./DataTable";
import classes from "./DataTable.module.css";

type Row = { id: string };

export type PlainColumn<R extends Row> = Omit<Column<R>, "sortable" | "startsDescending" | "optional">;

type PlainTableProps<R extends Row> = {
  /** What the table lists, for screen readers. */
  caption: string;
  columns: PlainColumn<R>[];
  /** Undefined while they are on their way. */
  rows: R[] | undefined;
  /** Stands back, as those who left do. */
  isQuiet?: (row: R) => boolean;
};

/** A column of buttons needs no heading for the eye. */
const ACTIONS = "actions";
const FIRST_ROWS = ["r1", "r2", "r3"];

/** A list that comes whole, in the order of the server. */
export function PlainTable<R extends Row>({ caption, columns, rows, isQuiet }: PlainTableProps<R>) {
  return (
    <div className={classes.plain} aria-busy={!rows}>
      <Table className={classes.table} aria-label={caption}>
        <Table.Thead>
          <Table.Tr>
            {columns.map(({ id, label, width, align, phone }) => (
              <Table.Th key={id} scope="col" w={width} data-align={align} data-phone={phone}>
                {id === ACTIONS ? <VisuallyHidden>{label}</VisuallyHidden> : label}
              </Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {!rows &&
            FIRST_ROWS.map((row) => (
              <Table.Tr key={row} className={classes.skeleton}>
                {columns.map(({ id, phone }) => (
                  <Table.Td key={id} data-phone={phone}>
                    <Skeleton h={10} w="60%" />
                  </Table.Td>
                ))}
              </Table.Tr>
            ))}
          {rows?.map((row) => (
            <Table.Tr key={row.id} data-quiet={isQuiet?.(row) || undefined}>
              {columns.map((column) => (
                <Table.Td
                  key={column.id}
                  data-align={column.align}
                  data-phone={column.phone}
                  data-quiet={column.quiet}
                >
                  {column.render(row)}
                </Table.Td>
              ))}
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </div>
  );
}

type ListSectionProps = {
  title?: string;
  toolbar?: ReactNode;
  /** How many there are; announced when it changes. */
  status?: string;
  children: ReactNode;
};

/** A short list on a page that may hold several. */
export function ListSection({ title, toolbar, status, children }: ListSectionProps) {
  const id = useId();
  return (
    <section className={classes.section} aria-labelledby={title && id}>
      {title && (
        <h2 id={id} className={classes.sectionTitle}>
          {title}
        </h2>
      )}
      {toolbar && <div className={classes.toolbar}>{toolbar}</div>}
      {children}
      {status && (
        <Text size="xs" c="dimmed" role="status" className={classes.sectionStatus}>
          {status}
        </Text>
      )}
    </section>
  );
}
