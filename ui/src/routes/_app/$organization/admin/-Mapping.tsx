import { Select, Stack, Table, TextInput } from "@mantine/core";
import { Fragment } from "react";
import { useTranslation } from "react-i18next";
import { useWorkspace } from "~/session/workspace";
import classes from "~/ui/import.module.css";
import type { Format, Import, Mapping as Rules } from "./-importing";

type MappingProps = {
  record: Import;
  rules: Rules;
  setRules: (rules: Rules) => void;
  setFormat: (format: Format) => void;
};

/** What each column is taken for, how the file is read, and its first rows. */
export function Mapping({ record, rules, setRules, setFormat }: MappingProps) {
  const { t } = useTranslation();
  return (
    <Stack gap="lg">
      {record.format && <Signs record={record} format={record.format} setFormat={setFormat} />}
      <Sample record={record} />
      <div className={classes.rules}>
        <span>{t("imports.mapping.field")}</span>
        <span>{t("imports.mapping.column")}</span>
        <span>{t("imports.mapping.value")}</span>
        {record.fields.map((field) => (
          <RuleRow
            key={field.name}
            field={field}
            columns={record.columns}
            rules={rules}
            setRules={setRules}
          />
        ))}
      </div>
    </Stack>
  );
}

type RuleRowProps = {
  field: Import["fields"][number];
  columns: string[];
  rules: Rules;
  setRules: (rules: Rules) => void;
};

function RuleRow({ field, columns, rules, setRules }: RuleRowProps) {
  const { t } = useTranslation();
  const { name, is_required, is_key } = field;
  const label = t(`imports.fields.${name}` as never) as unknown as string;
  const rule = rules[name];
  const set = (change: Partial<Rules[string]>) => {
    const { [name]: before, ...others } = rules;
    const next = { column: before?.column ?? null, value: before?.value ?? null, ...change };
    setRules(next.column === null && !next.value ? others : { ...others, [name]: next });
  };
  const named = columns.map((column, place) => ({
    value: String(place),
    label: column || t("imports.mapping.unnamed", { place: place + 1 }),
  }));
  return (
    <Fragment>
      <span className={classes.label}>
        {label}
        {is_required && <span aria-hidden> *</span>}
        {is_key && <small> {t("imports.mapping.key")}</small>}
      </span>
      <Select
        aria-label={t("imports.mapping.columnOf", { field: label })}
        placeholder={t("imports.mapping.none")}
        clearable
        searchable
        data={named}
        value={rule?.column == null ? null : String(rule.column)}
        onChange={(next) => set({ column: next === null ? null : Number(next) })}
      />
      <TextInput
        aria-label={t("imports.mapping.valueOf", { field: label })}
        value={rule?.value ?? ""}
        onChange={(event) => set({ value: event.currentTarget.value || null })}
      />
    </Fragment>
  );
}

const SIGNS = {
  encoding: ["utf-8", "utf-16", "windows-1252", "iso-8859-15"],
  delimiter: ["comma", "semicolon", "tab", "pipe"],
  decimal: ["point", "comma"],
  days: ["ymd", "dmy", "mdy"],
} as const;

type SignsProps = { record: Import; format: Format; setFormat: (format: Format) => void };

/** How the text is written; another choice reads the file anew. */
function Signs({ record, format, setFormat }: SignsProps) {
  const { t } = useTranslation();
  const hasDays = record.fields.some(({ holds }) => holds === "day");
  const signs = (Object.keys(SIGNS) as (keyof typeof SIGNS)[]).filter((sign) => sign !== "days" || hasDays);
  return (
    <div className={classes.signs}>
      {signs.map((sign) => (
        <Select
          key={sign}
          w={170}
          allowDeselect={false}
          label={t(`imports.signs.${sign}`)}
          data={SIGNS[sign].map((value) => ({
            value,
            label: t(`imports.signs.words.${value}` as never) as string,
          }))}
          value={format[sign]}
          onChange={(next) => next && setFormat({ ...format, [sign]: next })}
        />
      ))}
    </div>
  );
}

/** The first rows, as they were read. */
function Sample({ record }: { record: Import }) {
  const { t } = useTranslation();
  const { $api } = useWorkspace();
  const params = { path: { import_id: record.id }, query: { limit: 3 } };
  const { data } = $api.useQuery("get", "/api/imports/{import_id}/rows", { params });
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keys
    <section className={classes.sample} tabIndex={0} aria-label={t("imports.mapping.sample")}>
      <Table withTableBorder fz="xs">
        <Table.Thead>
          <Table.Tr>
            {record.columns.map((column, place) => (
              <Table.Th key={place} scope="col">
                {column}
              </Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {data?.items.map(({ line, cells }) => (
            <Table.Tr key={line}>
              {cells.map((cell, place) => (
                <Table.Td key={place}>{cell}</Table.Td>
              ))}
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </section>
  );
}
