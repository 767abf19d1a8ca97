import { Badge } from "@mantine/core";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";

const COLORS = { quiet: "gray.5", good: "var(--accent)", waiting: "yellow.6", bad: "red.6" };
export type Tone = keyof typeof COLORS;

/** A dot and a word: color alone says nothing. */
export function StatusBadge({ tone, children }: { tone: Tone; children: ReactNode }) {
  return (
    <Badge variant="dot" color={COLORS[tone]} tt="none" fw={500} miw="max-content">
      {children}
    </Badge>
  );
}

/** A quiet word beside a name: "You", "Primary". */
export function Tag({ children }: { children: ReactNode }) {
  return (
    <Badge variant="outline" color="gray" size="sm" tt="none" fw={500} className="tag">
      {children}
    </Badge>
  );
}

export function ArchivedBadge({ at }: { at?: string | null }) {
  const { t } = useTranslation();
  return at ? <StatusBadge tone="quiet">{t("common.archived")}</StatusBadge> : null;
}
