import { Button, Group, Popover, Stack, TextInput } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { useWorkspace } from "~/session/workspace";
import { Filter, FilterTarget } from "./Filter";
import { date, dayRange } from "./format";
import { addDays, dayAt } from "./zone";

export type Period = { from?: string; to?: string };
type PeriodFilterProps = { label: string; period: Period; onChange: (period: Period) => void };

const PRESETS = { today: 0, week: 6, month: 29 } as const;

/** A filter by the days between two, both included. */
export function PeriodFilter({ label, period: { from, to }, onChange }: PeriodFilterProps) {
  const { t } = useTranslation();
  const { organization } = useWorkspace();
  const today = dayAt(Date.now(), organization.time_zone);
  const clear = () => onChange({ from: undefined, to: undefined });
  const shown = usePeriodWords({ from, to });
  const presets = Object.entries(PRESETS) as [keyof typeof PRESETS, number][];
  return (
    <Filter label={label} isChosen={shown !== undefined} clear={clear}>
      <Popover position="bottom-start" width={340} trapFocus returnFocus>
        <Popover.Target>
          <FilterTarget label={label} chosen={shown} />
        </Popover.Target>
        <Popover.Dropdown aria-label={label}>
          <Stack gap="sm">
            <Group gap={6}>
              {presets.map(([name, days]) => (
                <Button
                  key={name}
                  size="compact-sm"
                  variant="default"
                  onClick={() => onChange({ from: addDays(today, -days), to: today })}
                >
                  {t(`common.period.${name}`)}
                </Button>
              ))}
            </Group>
            <Group grow gap="sm">
              <DayInput edge="from" value={from} max={to} onChange={(next) => onChange({ from: next, to })} />
              <DayInput edge="to" value={to} min={from} onChange={(next) => onChange({ from, to: next })} />
            </Group>
          </Stack>
        </Popover.Dropdown>
      </Popover>
    </Filter>
  );
}

type DayInputProps = {
  edge: "from" | "to";
  value: string | undefined;
  min?: string;
  max?: string;
  onChange: (day: string | undefined) => void;
};

function DayInput({ edge, value, onChange, ...limits }: DayInputProps) {
  const { t } = useTranslation();
  return (
    <TextInput
      {...limits}
      type="date"
      label={t(`common.period.${edge}`)}
      value={value ?? ""}
      onChange={(event) => onChange(event.currentTarget.value || undefined)}
    />
  );
}

/** "Nov 20 – 25, 2026", "from Nov 20"; nothing while every day is in. */
function usePeriodWords({ from, to }: Period): string | undefined {
  const { t } = useTranslation();
  if (from && to) return dayRange(from, to);
  if (from) return t("common.period.since", { day: date(from) });
  return to && t("common.period.until", { day: date(to) });
}
