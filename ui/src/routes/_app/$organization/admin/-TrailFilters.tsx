import { useTranslation } from "react-i18next";
import { FilterMenu } from "~/ui/FilterMenu";
import { PeriodFilter } from "~/ui/PeriodFilter";
import { usePeople } from "~/ui/people";
import { RecordFilter } from "~/ui/RecordFilter";
import { actions, kindName, kinds, predicateOf } from "./-trail";
import { TRAILS } from "./-words";

export type Filters = {
  trail?: (typeof TRAILS)[number];
  /** The number of a member. */
  actor?: number;
  action?: string;
  target_kind?: string;
  from?: string;
  to?: string;
};
type TrailFiltersProps = { filters: Filters; onChange: (changes: Filters) => void };

/** Who, what, about which kind of record, and when. */
export function TrailFilters({ filters, onChange }: TrailFiltersProps) {
  const { t } = useTranslation();
  const { trail, actor, action, target_kind, from, to } = filters;
  const people = usePeople().map(({ number, name }) => ({ value: String(number), label: name }));
  return (
    <>
      <FilterMenu
        label={t("trail.filters.trail")}
        value={trail}
        options={TRAILS.map((value) => ({ value, label: t(`trail.trails.${value}`) }))}
        onChange={(value) => onChange({ trail: value })}
      />
      <WordFilter
        label={t("trail.filters.actor")}
        value={actor ? String(actor) : undefined}
        words={people}
        onChange={(value) => onChange({ actor: value ? Number(value) : undefined })}
      />
      <WordFilter
        label={t("trail.filters.action")}
        value={action}
        words={actions().map((value) => ({ value, label: predicateOf(value) }))}
        onChange={(value) => onChange({ action: value })}
      />
      <WordFilter
        label={t("trail.filters.kind")}
        value={target_kind}
        words={kinds().map((value) => ({ value, label: kindName(value) }))}
        onChange={(value) => onChange({ target_kind: value })}
      />
      <PeriodFilter label={t("trail.filters.period")} period={{ from, to }} onChange={onChange} />
    </>
  );
}

type Word = { value: string; label: string };
type WordFilterProps = {
  label: string;
  value: string | undefined;
  words: Word[];
  onChange: (value: string | undefined) => void;
};

/** A filter by one of more words than a menu holds. */
function WordFilter({ label, value, words, onChange }: WordFilterProps) {
  const useFound = (q: string | undefined) =>
    words.filter((each) => each.label.toLowerCase().includes((q ?? "").toLowerCase()));
  const useName = (id: string | undefined) => words.find((each) => each.value === id)?.label ?? id;
  return (
    <RecordFilter label={label} value={value} useName={useName} useFound={useFound} onChange={onChange} />
  );
}
