import { Button, Group } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { problemOf } from "~/api/problem";
import { useWorkspace } from "~/session/workspace";
import { ErrorState } from "~/ui/ErrorState";
import { Explained, useRefusal } from "~/ui/Explained";
import { Facts, Section } from "~/ui/Facts";
import { day, quantity } from "~/ui/format";
import { PlainTable } from "~/ui/PlainTable";
import { StatusBadge } from "~/ui/StatusBadge";
import { MOVES, type MoveKind, type StockRow, useStockOf } from "~/ui/stock/figures";
import { Ledger } from "./-Ledger";
import { ReorderLevel } from "./-ReorderLevel";

type StockProps = { productId: string; move: (kind: MoveKind) => void };

/** What lies where, when it is to be ordered, and why the figure is what it is. */
export function Stock({ productId, move }: StockProps) {
  const { t } = useTranslation();
  const { row, error, refetch, isPending } = useStockOf(productId);
  const reason = useRefusal()("stock:move");
  if (error) return <ErrorState problem={problemOf(error)} retry={() => refetch()} />;
  const buttons = (
    <Group gap={6}>
      {MOVES.map((kind) => (
        <Explained key={kind} reason={reason}>
          <Button size="compact-sm" variant="default" onClick={() => move(kind)}>
            {t(`stock.kinds.${kind}`)}
          </Button>
        </Explained>
      ))}
    </Group>
  );
  return (
    <>
      <Section title={t("stock.fields.on_hand")} action={buttons}>
        {row && <Figures row={row} />}
        <Places row={row} isPending={isPending} />
      </Section>
      {row && <ReorderLevel key={`${row.minimum} ${row.target}`} row={row} />}
      <Ledger productId={productId} />
    </>
  );
}

function Figures({ row }: { row: StockRow }) {
  const { t } = useTranslation();
  const { timeZone } = useWorkspace();
  const unit = row.product.unit.code;
  const figure = (value: string | null) => value && quantity(value, unit);
  return (
    <Facts
      facts={[
        { label: t("stock.fields.on_hand"), value: figure(row.on_hand) },
        { label: t("stock.fields.reserved"), value: figure(row.reserved) },
        { label: t("stock.fields.available"), value: figure(row.available) },
        ...(row.low_since
          ? [
              {
                label: t("common.status"),
                value: (
                  <StatusBadge tone="waiting">
                    {t("stock.rule.lowSince", { day: day(row.low_since, timeZone) })}
                  </StatusBadge>
                ),
              },
            ]
          : []),
      ]}
    />
  );
}

function Places({ row, isPending }: { row: StockRow | undefined; isPending: boolean }) {
  const { t } = useTranslation();
  const unit = row?.product.unit.code;
  if (!isPending && (row?.places.length ?? 0) < 2) return null;
  return (
    <PlainTable
      caption={t("stock.places")}
      rows={row?.places.map((place) => ({ ...place, id: place.location.id }))}
      columns={[
        {
          id: "location",
          label: t("stock.fields.location"),
          render: ({ location }) => `${location.name} (${location.code})`,
        },
        {
          id: "on_hand",
          label: t("stock.fields.on_hand"),
          align: "right",
          width: 130,
          phone: true,
          render: ({ on_hand }) => quantity(on_hand, unit),
        },
        {
          id: "reserved",
          quiet: true,
          label: t("stock.fields.reserved"),
          align: "right",
          width: 130,
          render: ({ reserved }) => reserved && quantity(reserved, unit),
        },
        {
          id: "available",
          label: t("stock.fields.available"),
          align: "right",
          width: 130,
          render: ({ available }) => available && quantity(available, unit),
        },
      ]}
    />
  );
}
