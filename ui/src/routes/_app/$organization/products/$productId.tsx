import { Button } from "@mantine/core";
import { IconPencil } from "@tabler/icons-react";
import { createFileRoute, type SearchSchemaInput } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { useWorkspace } from "~/session/workspace";
import { useCommands } from "~/ui/commands";
import { Explained, useRefusal } from "~/ui/Explained";
import { DateFacts, Facts, Section } from "~/ui/Facts";
import { money } from "~/ui/format";
import { History } from "~/ui/History";
import { RecordMenu } from "~/ui/RecordMenu";
import { RecordPage } from "~/ui/RecordPage";
import { RecordQuery } from "~/ui/RecordQuery";
import { MOVES, type MoveKind } from "~/ui/stock/figures";
import { MoveStock } from "~/ui/stock/MoveStock";
import { oneOf } from "~/ui/table-search";
import { useProductArchiving } from "./-archiving";
import { EditProduct, type Product } from "./-ProductForm";
import { Stock } from "./-Stock";
import { useProductValue } from "./-values";

type Search = { tab?: "stock" | "history"; panel?: "edit" | MoveKind };

export const Route = createFileRoute("/_app/$organization/products/$productId")({
  validateSearch: (raw: Search & SearchSchemaInput): Search => ({
    tab: oneOf(raw.tab, ["stock", "history"]),
    panel: oneOf(raw.panel, ["edit", ...MOVES]),
  }),
  component: ProductRecord,
});

function ProductRecord() {
  const { $api } = useWorkspace();
  const { productId } = Route.useParams();
  const params = { path: { product_id: productId } };
  const query = $api.useQuery("get", "/api/products/{product_id}", { params });
  return (
    <RecordQuery query={query}>{(product) => <ProductPage key={product.id} product={product} />}</RecordQuery>
  );
}

function ProductPage({ product }: { product: Product }) {
  const { t } = useTranslation();
  const { at, can, timeZone } = useWorkspace();
  const { tab, panel } = Route.useSearch();
  const navigate = Route.useNavigate();
  const archiving = useProductArchiving();
  const mayWrite = can("products:write");
  const reason = useRefusal()("products:write");
  const readable = useProductValue(product.currency);
  const setPanel = (next?: Search["panel"]) => navigate({ search: (before) => ({ ...before, panel: next }) });
  useCommands(
    () =>
      mayWrite
        ? [
            {
              id: "record.edit",
              group: "record",
              keys: "e",
              label: t("products.edit"),
              run: () => setPanel("edit"),
            },
          ]
        : [],
    [t, mayWrite, product.id],
  );
  const price = (amount?: string | null) => amount && money({ amount, currency: product.currency });
  return (
    <RecordPage
      list={{ name: "products", to: at("/products"), label: t("products.title") }}
      record={product}
      actions={
        <>
          <Explained reason={reason}>
            <Button variant="default" leftSection={<IconPencil size={16} />} onClick={() => setPanel("edit")}>
              {t("common.edit")}
            </Button>
          </Explained>
          <RecordMenu record={product} reason={reason} {...archiving} />
        </>
      }
      tab={tab ?? "overview"}
      setTab={(next) => navigate({ search: { tab: oneOf(next, ["stock", "history"]) }, replace: true })}
      tabs={[
        {
          id: "overview",
          label: t("common.overview"),
          content: (
            <>
              <Section title={t("products.sections.price")}>
                <Facts
                  facts={[
                    { label: t("products.fields.sale_price"), value: price(product.sale_price) },
                    ...(can("products:costs")
                      ? [{ label: t("products.fields.cost_price"), value: price(product.cost_price) }]
                      : []),
                    {
                      label: t("products.fields.unit_id"),
                      value: `${product.unit.name} (${product.unit.code})`,
                    },
                  ]}
                />
              </Section>
              <Section title={t("products.sections.details")}>
                <Facts
                  facts={[
                    { label: t("products.fields.kind"), value: t(`products.kinds.${product.kind}`) },
                    { label: t("products.fields.category_id"), value: product.category_name },
                    { label: t("products.fields.sku"), value: product.sku },
                    { label: t("products.fields.barcode"), value: product.barcode },
                    { label: t("products.fields.supplier_code"), value: product.supplier_code },
                    { label: t("products.fields.description"), value: product.description },
                  ]}
                />
              </Section>
            </>
          ),
        },
        ...(product.kind === "goods" && can("stock:read")
          ? [
              {
                id: "stock",
                label: t("stock.tab"),
                content: <Stock productId={product.id} move={setPanel} />,
              },
            ]
          : []),
        ...(can("history:read")
          ? [
              {
                id: "history",
                label: t("audit.title"),
                content: <History kind="product" id={product.id} readable={readable} />,
              },
            ]
          : []),
      ]}
      aside={<DateFacts record={product} timeZone={timeZone} />}
    >
      <EditProduct product={product} opened={panel === "edit"} onClose={() => setPanel()} />
      <MoveStock
        opened={MOVES.some((kind) => kind === panel)}
        kind={oneOf(panel, MOVES)}
        productId={product.id}
        onClose={() => setPanel()}
      />
    </RecordPage>
  );
}
