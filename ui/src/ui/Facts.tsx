import { Tooltip } from "@mantine/core";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { moment, relative } from "./format";
import classes from "./RecordPage.module.css";

type Fact = { label: string; value: ReactNode };

/** Names and values of a record; what is empty says so quietly. */
export function Facts({ facts }: { facts: Fact[] }) {
  return (
    <dl className={classes.facts}>
      {facts.map(({ label, value }) => (
        <FactRow key={label} label={label} value={value} />
      ))}
    </dl>
  );
}

function FactRow({ label, value }: Fact) {
  const isNone = value === null || value === undefined || value === "";
  return (
    <>
      <dt>{label}</dt>
      <dd>{isNone ? <span className={classes.none}>–</span> : value}</dd>
    </>
  );
}

type SectionProps = { title: string; action?: ReactNode; children: ReactNode };

export function Section({ title, action, children }: SectionProps) {
  return (
    <section className={classes.section}>
      <div className={classes.sectionHead}>
        <h2>{title}</h2>
        {action}
      </div>
      {children}
    </section>
  );
}

/** "3 minutes ago", the exact moment on hover. */
export function When({ at, timeZone }: { at: string; timeZone?: string }) {
  return (
    <Tooltip label={moment(at, timeZone)}>
      <time dateTime={at}>{relative(at, Date.now(), timeZone)}</time>
    </Tooltip>
  );
}

type Dates = { created_at: string; updated_at: string; archived_at?: string | null };

export function DateFacts({ record, timeZone }: { record: Dates; timeZone?: string }) {
  const { t } = useTranslation();
  const facts = [
    { label: t("common.createdAt"), value: <When at={record.created_at} timeZone={timeZone} /> },
    { label: t("common.updatedAt"), value: <When at={record.updated_at} timeZone={timeZone} /> },
  ];
  if (record.archived_at)
    facts.push({
      label: t("common.archivedAt"),
      value: <When at={record.archived_at} timeZone={timeZone} />,
    });
  return <Facts facts={facts} />;
}
