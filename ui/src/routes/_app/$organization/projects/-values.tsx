import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { useWorkspace } from "~/session/workspace";
import { hours } from "~/ui/duration";
import { date, money } from "~/ui/format";
import { type Person, usePeople } from "~/ui/people";
import { oneOf } from "~/ui/table-search";
import { type ProjectState, STATES } from "./-state";

/** A field's value as people read it in history. */
export function useProjectValue(currency: string) {
  const { t } = useTranslation();
  return (name: string, value: unknown): string => {
    if (value === null || value === undefined || value === "") return t("common.none");
    const state = name === "state" && oneOf<ProjectState>(value, STATES);
    if (state) return t(`projects.states.${state}`);
    if (name === "budget_amount") return money({ amount: String(value), currency });
    if (name === "budget_seconds") return hours(Number(value));
    if (name === "starts_on" || name === "due_on") return date(String(value));
    if (name === "team") return (value as number[]).map((number) => `#${number}`).join(", ");
    if (typeof value === "boolean") return t(value ? "common.yes" : "common.no");
    return String(value);
  };
}

/** The same for the form, which knows people and customers by their ids. */
export function useProjectField(currency: string, lead: Person | null) {
  const readable = useProjectValue(currency);
  const people = usePeople([lead]);
  return (name: string, value: unknown): ReactNode => {
    if (name === "customer_id" && value) return <CustomerName id={String(value)} />;
    const leader = name === "lead_id" && people.find(({ id }) => id === value);
    return leader ? leader.name : readable(name, value);
  };
}

function CustomerName({ id }: { id: string }) {
  const { $api } = useWorkspace();
  const { data } = $api.useQuery("get", "/api/customers/{customer_id}", {
    params: { path: { customer_id: id } },
  });
  return data?.name;
}
