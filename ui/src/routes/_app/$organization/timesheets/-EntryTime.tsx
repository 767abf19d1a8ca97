import { useTranslation } from "react-i18next";
import { useWorkspace } from "~/session/workspace";
import { hours, parseDuration, parseSpan } from "~/ui/duration";
import { InlineText } from "~/ui/InlineText";
import { type Entry, nameOf, shownTime } from "~/ui/time/entries";
import { say } from "~/ui/toast";
import { dayAt, respan } from "~/ui/zone";

type Times = { seconds: number } | { started_at: string; ended_at: string };
type EntryTimeProps = { entry: Entry; save: ((times: Times) => Promise<unknown>) | undefined };

/** "09:00–10:30", or "1:30" where there was no clock; changed where it stands. */
export function EntryTime({ entry, save }: EntryTimeProps) {
  const { t } = useTranslation();
  const { timeZone } = useWorkspace();
  const shown = shownTime(entry, timeZone);
  const { started_at } = entry;

  const timesIn = (text: string): Times | null => {
    if (!started_at) {
      const seconds = parseDuration(text);
      return seconds ? { seconds } : null;
    }
    const span = parseSpan(text);
    return span && respan(entry, dayAt(started_at, timeZone), span, timeZone);
  };
  const read = (text: string) => {
    const isGood = timesIn(text) !== null;
    if (!isGood) say(t("timesheets.days.badTime"));
    return isGood ? { value: text, shown: started_at ? text : hours(parseDuration(text) ?? 0) } : null;
  };
  return (
    <InlineText
      label={t("timesheets.days.time", { name: nameOf(entry) })}
      value={shown}
      shown={shown}
      typed={shown}
      read={read}
      save={
        save &&
        (async (text) => {
          const times = timesIn(text);
          if (times) await save(times);
        })
      }
    />
  );
}
