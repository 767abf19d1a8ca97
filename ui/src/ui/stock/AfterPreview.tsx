import { Stack, Text } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { problemOf } from "~/api/problem";
import type { components } from "~/api/schema.gen";
import { useWorkspace } from "~/session/workspace";
import { quantity } from "~/ui/format";
import { sentenceOf } from "~/ui/problems";
import type { StockRow } from "./figures";
import classes from "./stock.module.css";

export type Posting = components["schemas"]["PostingIn"];

/** What the posting would leave: the server does it and takes it back. */
export function AfterPreview({ posting, row }: { posting: Posting | null; row: StockRow | undefined }) {
  const { t } = useTranslation();
  const { api, slug } = useWorkspace();
  const [asked] = useDebouncedValue(posting, 300);
  const { data, error } = useQuery({
    queryKey: ["dry_run", "posting", slug, asked],
    enabled: asked !== null,
    gcTime: 0,
    retry: false,
    queryFn: async () => {
      const params = { query: { dry_run: true } };
      const { data } = await api.POST("/api/stock/postings", { params, body: asked as Posting });
      return data?.after ?? [];
    },
  });
  if (!asked || !row) return null;
  const unit = row.product.unit.code;
  const nameOf = (id: string) => row.places.find(({ location }) => location.id === id)?.location.name;
  const before = (id: string) => row.places.find(({ location }) => location.id === id)?.on_hand ?? "0";
  return (
    <div className={classes.after} role="status">
      <Text size="xs" fw={600}>
        {t("stock.after.title")}
      </Text>
      {error ? (
        <Text size="sm" c="var(--mantine-color-error)">
          {sentenceOf(problemOf(error))}
        </Text>
      ) : (
        <Stack gap={2}>
          {data?.map(({ location_id, on_hand }) => (
            <div key={location_id} className={classes.afterLine}>
              <span>{nameOf(location_id) ?? t("stock.fields.location")}</span>
              <span className={classes.figure}>
                {t("stock.after.line", {
                  before: quantity(before(location_id)),
                  after: quantity(on_hand, unit),
                })}
              </span>
            </div>
          ))}
        </Stack>
      )}
    </div>
  );
}
