import { Select, type SelectProps } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { invalidate } from "~/api/queries";
import { useWorkspace } from "~/session/workspace";
import { sayProblem } from "~/ui/toast";
import { useCategories } from "./-categories";

const NEW = "new";

/** A category by name; one that is not there yet is made on the spot. */
export function CategorySelect({ value, onChange, ...rest }: SelectProps) {
  const { t } = useTranslation();
  const { api, queryClient } = useWorkspace();
  const [typed, setTyped] = useState("");
  const categories = useCategories();
  const name = typed.trim();
  const isKnown = categories.some((each) => each.name.toLowerCase() === name.toLowerCase());
  const offer = name && !isKnown ? [{ value: NEW, label: t("products.category.make", { name }) }] : [];
  async function make() {
    try {
      const { data } = await api.POST("/api/categories", { body: { name } });
      await invalidate(queryClient, "/api/categories");
      if (data) onChange?.(data.id, { value: data.id, label: data.name });
    } catch (error) {
      sayProblem(error);
    }
  }
  return (
    <Select
      {...rest}
      value={value || null}
      onChange={(next, option) => (next === NEW ? make() : onChange?.(next ?? "", option))}
      onSearchChange={setTyped}
      data={[...categories.map(({ value: id, label }) => ({ value: id, label })), ...offer]}
      filter={({ options, search }) =>
        options.filter(
          (each) =>
            "value" in each &&
            (each.value === NEW || each.label.toLowerCase().includes(search.trim().toLowerCase())),
        )
      }
      searchable
      clearable
      allowDeselect
    />
  );
}
