import { Badge } from "@mantine/core";
import { useTranslation } from "react-i18next";

/** A dot and a word: color alone says nothing. */
export function ArchivedBadge({ at }: { at?: string | null }) {
  const { t } = useTranslation();
  if (!at) return null;
  return (
    <Badge variant="dot" color="gray" tt="none" fw={500}>
      {t("common.archived")}
    </Badge>
  );
}
