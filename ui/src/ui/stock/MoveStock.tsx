import { SegmentedControl, Select, Textarea, TextInput } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Problem, problemOf } from "~/api/problem";
import { invalidate } from "~/api/queries";
import { useWorkspace } from "~/session/workspace";
import { DrawerForm, FormDrawer } from "~/ui/FormDrawer";
import { bodyOf, useIdempotencyKey, useSchemaForm } from "~/ui/form";
import { MoneyInput } from "~/ui/MoneyInput";
import { say } from "~/ui/toast";
import { AfterPreview, type Posting } from "./AfterPreview";
import { MOVES, type MoveKind, type StockRow, useStockOf, useStorage } from "./figures";
import { ProductSelect } from "./ProductSelect";

type MoveStockProps = {
  opened: boolean;
  onClose: () => void;
  kind?: MoveKind;
  /** The product one looks at; else it is chosen. */
  productId?: string;
};

/** Receive, issue, transfer and count in one place; shows what will be before it is. */
export function MoveStock({ opened, onClose, kind, productId }: MoveStockProps) {
  const { t } = useTranslation();
  return (
    <FormDrawer title={t("stock.move")} opened={opened} onClose={onClose}>
      <MoveForm onClose={onClose} kind={kind ?? "receipt"} productId={productId} />
    </FormDrawer>
  );
}

const blank = {
  product_id: "",
  quantity: "",
  from_location_id: "",
  to_location_id: "",
  unit_cost: "",
  reference: "",
  reason: "",
};
type Values = typeof blank;

/** Refusals point into the one line there is: `/lines/0/quantity` is the field `quantity`. */
function aboutTheLine(error: unknown): Problem {
  const { status, body } = problemOf(error);
  const errors = body.errors?.map((each) => ({ ...each, pointer: `/${each.pointer.split("/").at(-1)}` }));
  return new Problem(status, { ...body, errors });
}

/** A count is no posting yet: what it posts is found by the server. */
function postingOf(kind: MoveKind, values: Values): Posting | null {
  const { quantity, reference, reason, ...line } = bodyOf(values);
  if (kind === "count" || !line.product_id || !quantity) return null;
  if (kind === "transfer" && !line.to_location_id) return null;
  const lines = [{ ...line, quantity }] as Posting["lines"];
  return { kind, lines, reference, reason };
}

function MoveForm({
  onClose,
  kind: first,
  productId: given,
}: Omit<MoveStockProps, "opened"> & { kind: MoveKind }) {
  const { t } = useTranslation();
  const { api, queryClient, can, organization } = useWorkspace();
  const [kind, setKind] = useState(first);
  const keyFor = useIdempotencyKey();
  const form = useSchemaForm({
    model: "PostingIn",
    room: "stock",
    initial: { ...blank, product_id: given ?? "" },
    needed: ["product_id", "quantity", ...(kind === "transfer" ? (["to_location_id"] as const) : [])],
    save: async (values) => {
      try {
        const posting = postingOf(kind, values);
        if (posting) {
          const headers = { "Idempotency-Key": keyFor(posting) };
          await api.POST("/api/stock/postings", { body: posting, headers });
        } else if (kind === "count") await postCount(values);
      } catch (error) {
        throw aboutTheLine(error);
      }
      await invalidate(queryClient, "/api/stock", "/api/products");
      say(t(`stock.done.${kind}`, { name: row?.product.name ?? "" }));
      onClose();
    },
  });

  const { row } = useStockOf(form.values.product_id || undefined);

  async function postCount({ product_id: product, quantity, to_location_id, reference, reason }: Values) {
    const { data } = await api.POST("/api/stock/counts", { body: { location_id: to_location_id || null } });
    const path = { count_id: data?.id ?? "" };
    const line = { params: { path: { ...path, product } }, body: { counted: quantity } };
    await api.PUT("/api/stock/counts/{count_id}/lines/{product}", line);
    const body = { ...bodyOf({ reference, reason }), cut_reservations: false };
    await api.POST("/api/stock/counts/{count_id}/post", { params: { path }, body });
  }

  const unit = row?.product.unit.code ?? "";
  return (
    <DrawerForm form={form} submitLabel={t(`stock.submit.${kind}`)} onCancel={onClose}>
      <SegmentedControl
        fullWidth
        aria-label={t("stock.move")}
        value={kind}
        onChange={(next) => setKind(next as MoveKind)}
        data={MOVES.map((value) => ({ value, label: t(`stock.kinds.${value}`) }))}
      />
      {!given && <ProductSelect {...form.field("product_id")} />}
      <MoneyInput
        {...form.field("quantity")}
        label={t(`stock.fields.${kind === "count" ? "counted" : "quantity"}`)}
        currency={unit}
        data-autofocus={given ? true : undefined}
      />
      <Places kind={kind} form={form} row={row} />
      {kind === "receipt" && can("products:costs") && (
        <MoneyInput {...form.field("unit_cost")} currency={organization.currency} />
      )}
      <TextInput {...form.field("reference")} placeholder={t("stock.hints.reference")} autoComplete="off" />
      <Textarea {...form.field("reason")} autosize minRows={2} maxRows={4} />
      <AfterPreview posting={postingOf(kind, form.values)} row={row} />
    </DrawerForm>
  );
}

type PlacesProps = {
  kind: MoveKind;
  form: ReturnType<typeof useSchemaForm<Values>>;
  row: StockRow | undefined;
};

/** Only the storage ends are chosen; left out, they are the default storage. */
function Places({ kind, form }: PlacesProps) {
  const { t } = useTranslation();
  const storage = useStorage();
  const data = storage.map(({ id, code, name }) => ({ value: id, label: `${name} (${code})` }));
  if (storage.length < 2 && kind !== "transfer") return null;
  const ends = {
    receipt: ["to_location_id"],
    count: ["to_location_id"],
    issue: ["from_location_id"],
  } as const;
  const names = kind === "transfer" ? (["from_location_id", "to_location_id"] as const) : ends[kind];
  return names.map((name) => {
    const field = form.field(name);
    const label = kind === "transfer" ? field.label : t("stock.fields.location_id");
    const isOpen = kind === "transfer" && name === "to_location_id";
    const value = field.value || (isOpen ? null : (storage[0]?.id ?? null));
    return <Select key={name} {...field} label={label} value={value} data={data} />;
  });
}
