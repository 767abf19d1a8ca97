import { Select, type SelectProps } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useWorkspace } from "~/session/workspace";

export type Found = { value: string; label: string };
type SearchSelectProps = SelectProps & {
  /** What fits the text; a hook, so that it may ask the server. */
  useFound: (q: string | undefined) => Found[];
  /** What is chosen already, though the server may not find it first. */
  known?: Found | null;
};

/** One record by name or number, found by the server while one types. */
export function SearchSelect({ useFound, known, value, onChange, ...rest }: SearchSelectProps) {
  const { t } = useTranslation();
  const [typed, setTyped] = useState("");
  const [q] = useDebouncedValue(typed === known?.label ? "" : typed, 200);
  const found = useFound(q || undefined);
  const isMissing = known && !found.some((each) => each.value === known.value);
  return (
    <Select
      {...rest}
      searchable
      value={value || null}
      onChange={(next, option) => onChange?.(next ?? "", option)}
      onSearchChange={setTyped}
      filter={({ options }) => options}
      data={isMissing ? [known, ...found] : found}
      nothingFoundMessage={t("common.noMatch.title")}
    />
  );
}

type CustomerSelectProps = Omit<SearchSelectProps, "useFound">;

/** A customer who is not archived. */
export function CustomerSelect(props: CustomerSelectProps) {
  return <SearchSelect clearable allowDeselect {...props} useFound={useCustomers} />;
}

export function useCustomers(q: string | undefined): Found[] {
  const { $api } = useWorkspace();
  const params = { query: { q, limit: 20 } };
  const { data } = $api.useQuery(
    "get",
    "/api/customers",
    { params },
    { placeholderData: (before) => before },
  );
  return (data?.items ?? []).map(({ id, name }) => ({ value: id, label: name }));
}

/** The name of a customer known by its id. */
export function useCustomer(id: string | undefined): string | undefined {
  const { $api } = useWorkspace();
  const params = { path: { customer_id: id ?? "" } };
  const query = $api.useQuery(
    "get",
    "/api/customers/{customer_id}",
    { params },
    { enabled: id !== undefined },
  );
  return query.data?.name;
}
