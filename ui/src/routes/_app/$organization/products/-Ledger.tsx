import { ActionIcon, Alert, Text, Tooltip } from "@mantine/core";
import { IconArrowBackUp } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { problemOf } from "~/api/problem";
import { invalidate } from "~/api/queries";
import type { components } from "~/api/schema.gen";
import { useWorkspace } from "~/session/workspace";
import { ask } from "~/ui/ask";
import { ErrorState } from "~/ui/ErrorState";
import { Section, When } from "~/ui/Facts";
import { quantity, signed } from "~/ui/format";
import { PlainTable } from "~/ui/PlainTable";
import classes from "~/ui/stock/stock.module.css";
import { sayProblem } from "~/ui/toast";

type Line = components["schemas"]["ExplainLine"];

/** "Why is it 7?": every posting that made the figure, with the balance after each. */
export function Ledger({ productId }: { productId: string }) {
  const { t } = useTranslation();
  const { $api } = useWorkspace();
  const params = { query: { product: productId } };
  const { data, error, refetch } = $api.useQuery("get", "/api/stock/explain", { params });
  if (error) return <ErrorState problem={problemOf(error)} retry={() => refetch()} />;
  const unit = data?.product.unit.code;
  const figure = data ? quantity(data.on_hand, unit) : "…";
  return (
    <Section title={t("stock.ledger.title", { figure })}>
      {data && !data.agrees && <Alert color="red">{t("stock.ledger.wrong")}</Alert>}
      {data && data.lines.length === 0 ? (
        <Text size="sm" c="dimmed">
          {t("stock.ledger.empty")}
        </Text>
      ) : (
        <LedgerTable lines={data?.lines} />
      )}
      {data && !data.is_whole && (
        <Text size="sm" c="dimmed">
          {t("stock.ledger.earlier", { figure: quantity(data.opening, unit) })}
        </Text>
      )}
    </Section>
  );
}

function LedgerTable({ lines }: { lines: Line[] | undefined }) {
  const { t } = useTranslation();
  const { timeZone } = useWorkspace();
  const rows = lines?.toReversed().map((line) => ({ ...line, id: `${line.posting_id} ${line.line}` }));
  return (
    <PlainTable
      caption={t("stock.ledger.text")}
      rows={rows}
      columns={[
        {
          id: "when",
          label: t("stock.ledger.when"),
          width: 130,
          render: ({ effective_at }) => <When at={effective_at} timeZone={timeZone} />,
        },
        {
          id: "what",
          label: t("stock.ledger.what"),
          phone: true,
          render: (line) => <What line={line} />,
        },
        {
          id: "note",
          quiet: true,
          label: t("stock.ledger.note"),
          render: ({ reference, reason }) => [reference, reason].filter(Boolean).join(" · "),
        },
        {
          id: "who",
          quiet: true,
          label: t("stock.ledger.who"),
          width: 140,
          render: ({ posted_by }) => posted_by?.name,
        },
        {
          id: "change",
          label: t("stock.ledger.change"),
          align: "right",
          width: 90,
          phone: true,
          render: ({ change }) => (
            <span className={classes.change} data-falls={change.startsWith("-") || undefined}>
              {signed(change)}
            </span>
          ),
        },
        {
          id: "balance",
          label: t("stock.ledger.balance"),
          align: "right",
          width: 90,
          phone: true,
          render: ({ balance }) => quantity(balance),
        },
        {
          id: "actions",
          label: t("common.actions"),
          width: 44,
          render: (line) => <Reverse line={line} lines={lines ?? []} />,
        },
      ]}
    />
  );
}

/** The kind in words, and which storage gave or took. */
function What({ line }: { line: Line }) {
  const { t } = useTranslation();
  const { from_location: from, to_location: to } = line;
  const places = [from, to].filter(({ kind }) => kind === "storage").map(({ code }) => code);
  return `${t(`stock.posted.${line.kind}`)} · ${places.join(" → ")}`;
}

/** A posting is taken back once, as a whole; what took one back is final. */
function Reverse({ line, lines }: { line: Line; lines: Line[] }) {
  const { t } = useTranslation();
  const { api, can, queryClient } = useWorkspace();
  const isReversed = lines.some(({ reverses_id }) => reverses_id === line.posting_id);
  const right = line.kind === "count" ? "stock:count" : "stock:move";
  if (line.kind === "reversal" || isReversed || !can(right)) return null;
  const reverse = async () => {
    const question = {
      title: t("stock.reverse.title"),
      text: t("stock.reverse.text"),
      confirm: t("stock.reverse.confirm"),
      isDangerous: true,
    };
    if (!(await ask(question))) return;
    try {
      const params = { path: { posting_id: line.posting_id } };
      await api.POST("/api/stock/postings/{posting_id}/reverse", { params, body: {} });
    } catch (error) {
      sayProblem(error);
    }
    await invalidate(queryClient, "/api/stock");
  };
  return (
    <Tooltip label={t("stock.reverse.action")}>
      <ActionIcon size="sm" aria-label={t("stock.reverse.action")} onClick={reverse}>
        <IconArrowBackUp size={16} />
      </ActionIcon>
    </Tooltip>
  );
}
