import { Alert, Button, Group } from "@mantine/core";
import { modals } from "@mantine/modals";
import { IconCalendarExclamation } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { type Problem, problemOf } from "~/api/problem";
import { i18next } from "~/i18n";
import { day } from "../format";
import { timeAt } from "../zone";
import { type Entry, nameOf, shownTime } from "./entries";
import classes from "./time.module.css";

export type Fix = "trim_mine" | "trim_theirs" | "split_theirs";
type Piece = { id: string | null; started_at: string; ended_at: string | null };
type Body = { entries: Entry[]; count: number; fixes: { fix: Fix; pieces: Piece[] }[] };

type OverlapProps = {
  problem: Problem;
  timeZone: string;
  /** Do the same again, and put the overlap right in this way. */
  apply: (fix: Fix) => void;
  cancel?: () => void;
};

/** Which entries are in the way, and the ways out that lose none of them. */
export function Overlap({ problem, timeZone, apply, cancel }: OverlapProps) {
  const { t } = useTranslation();
  const { entries = [], count = 0, fixes = [] } = problem.body as unknown as Body;
  const shown = ({ started_at, ended_at }: Piece) =>
    `${timeAt(started_at, timeZone)}–${ended_at ? timeAt(ended_at, timeZone) : t("timesheets.now")}`;
  return (
    <Alert
      role="alert"
      variant="default"
      color="yellow"
      icon={<IconCalendarExclamation size={18} />}
      title={t("timesheets.overlap.title", { count })}
    >
      <ul className={classes.colliding}>
        {entries.map((entry) => (
          <li key={entry.id}>
            {day(entry.begins_at, timeZone)}, {shownTime(entry, timeZone)} · {nameOf(entry)}
          </li>
        ))}
      </ul>
      <Group gap={8} mt={10}>
        {fixes.map(({ fix, pieces }) => (
          <Button key={fix} size="compact-sm" variant="default" onClick={() => apply(fix)}>
            {t(`timesheets.overlap.${fix}`, { times: pieces.map(shown).join(", ") })}
          </Button>
        ))}
        {cancel && (
          <Button size="compact-sm" variant="subtle" onClick={cancel}>
            {t("common.cancel")}
          </Button>
        )}
      </Group>
    </Alert>
  );
}

/** Run; where other entries are in the way, ask which fix to run it with. Null: none was wanted. */
export async function withFixes<T>(timeZone: string, run: (fix?: Fix) => Promise<T>): Promise<T | null> {
  try {
    return await run();
  } catch (error) {
    const problem = problemOf(error);
    if (problem.code !== "time_overlap") throw error;
    const fix = await askForFix(problem, timeZone);
    return fix && run(fix);
  }
}

function askForFix(problem: Problem, timeZone: string): Promise<Fix | null> {
  return new Promise((resolve) => {
    const close = (fix: Fix | null) => {
      resolve(fix);
      modals.close(id);
    };
    const id = modals.open({
      title: i18next.t("problems.codes.time_overlap"),
      zIndex: 400,
      onClose: () => resolve(null),
      children: <Overlap problem={problem} timeZone={timeZone} apply={close} cancel={() => close(null)} />,
    });
  });
}
