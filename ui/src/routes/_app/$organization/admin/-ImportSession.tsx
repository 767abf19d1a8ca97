import { Alert, Button, Group } from "@mantine/core";
import { IconAlertCircle, IconCircleCheck } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Panel, Panels } from "~/ui/Panel";
import { say } from "~/ui/toast";
import { ImportReport, type ReportSearch } from "./-ImportReport";
import { type Import, isOpen, useSteps, type Verb } from "./-importing";
import { Mapping } from "./-Mapping";

type SessionProps = {
  record: Import;
  search: ReportSearch;
  setSearch: (search: Partial<ReportSearch>) => void;
};

/** One file on its way: what its columns are, what would happen, and doing or undoing it. */
export function ImportSession({ record, search, setSearch }: SessionProps) {
  const { t } = useTranslation();
  const [rules, setRules] = useState(record.mapping);
  const { running, change, step } = useSteps(record);
  const isMapped = JSON.stringify(rules) === JSON.stringify(record.mapping);
  const check = async () => {
    const mapped = isMapped ? record : await change({ mapping: rules });
    if (mapped) await step("check", mapped.version);
  };
  const go = async (verb: Verb) => {
    const done = verb === "check" ? await check() : await step(verb);
    if (done && verb !== "check") say(t(`imports.done.${done.state}` as never) as unknown as string);
  };
  const isChecked = record.state === "checked" && isMapped;
  const button = (verb: Verb, variant: "filled" | "default", disabled = false) => (
    <Button
      variant={variant}
      loading={running === verb}
      disabled={disabled || running !== null}
      onClick={() => go(verb)}
    >
      {t(`imports.verbs.${verb}`)}
    </Button>
  );
  const wrong = record.counts?.error ?? 0;
  return (
    <Panels>
      <Earlier record={record} />
      {record.counts && (
        <Panel
          isFlush
          title={t("imports.report.title")}
          text={t(`imports.report.${tellingOf(record, wrong)}`)}
          action={
            record.state === "applied"
              ? button("undo", "default")
              : isOpen(record) && button("apply", isChecked ? "filled" : "default", !isChecked || wrong > 0)
          }
        >
          <ImportReport record={record} search={search} setSearch={setSearch} />
        </Panel>
      )}
      {isOpen(record) && (
        <Panel
          title={t("imports.mapping.title")}
          text={t("imports.mapping.text", { count: record.row_count })}
          action={button("check", isChecked ? "default" : "filled")}
        >
          <Mapping
            record={record}
            rules={rules}
            setRules={setRules}
            setFormat={async (format) => {
              const read = await change({ format });
              if (read) setRules(read.mapping);
            }}
          />
        </Panel>
      )}
      {(isOpen(record) || record.state === "undone") && <Group>{button("discard", "default")}</Group>}
    </Panels>
  );
}

function tellingOf({ state }: Import, wrong: number) {
  if (state === "applied" || state === "undone") return state;
  return wrong ? "wrong" : "ready";
}

function Earlier({ record: { earlier } }: { record: Import }) {
  const { t } = useTranslation();
  if (!earlier) return null;
  const isIn = earlier.state === "applied";
  return (
    <Alert
      color={isIn ? "yellow" : "gray"}
      icon={isIn ? <IconAlertCircle size={18} /> : <IconCircleCheck size={18} />}
    >
      {t(isIn ? "imports.earlier.applied" : "imports.earlier.other")}
    </Alert>
  );
}
