import { SegmentedControl, Select, SimpleGrid, Switch, Textarea, TextInput } from "@mantine/core";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { invalidate } from "~/api/queries";
import type { components } from "~/api/schema.gen";
import { useWorkspace } from "~/session/workspace";
import { ifMatch } from "~/ui/archiving";
import { useConflict } from "~/ui/conflict";
import { DrawerForm, FormDrawer } from "~/ui/FormDrawer";
import { bodyOf, changesOf, useIdempotencyKey, useSchemaForm } from "~/ui/form";
import { MoneyInput } from "~/ui/MoneyInput";
import { say } from "~/ui/toast";
import { CategorySelect } from "./-CategorySelect";
import { useHolder } from "./-holder";
import { useUnits } from "./-units";
import { useProductValue } from "./-values";

export type Product = components["schemas"]["ProductOut"];

const blank = {
  name: "",
  kind: "goods" as "goods" | "service",
  sku: "",
  barcode: "",
  supplier_code: "",
  unit_id: "",
  category_id: "",
  sale_price: "",
  cost_price: "",
  description: "",
};
type Values = typeof blank;

const valuesOf = (product: Product): Values => ({
  name: product.name,
  kind: product.kind,
  sku: product.sku ?? "",
  barcode: product.barcode ?? "",
  supplier_code: product.supplier_code ?? "",
  unit_id: product.unit_id,
  category_id: product.category_id ?? "",
  sale_price: product.sale_price,
  cost_price: product.cost_price ?? "",
  description: product.description ?? "",
});

type PanelProps = { opened: boolean; onClose: () => void };

export function NewProduct({ opened, onClose }: PanelProps) {
  const { t } = useTranslation();
  return (
    <FormDrawer title={t("products.new")} opened={opened} onClose={onClose}>
      <CreateForm onClose={onClose} />
    </FormDrawer>
  );
}

export function EditProduct({ product, opened, onClose }: PanelProps & { product: Product }) {
  const { t } = useTranslation();
  return (
    <FormDrawer title={t("products.edit")} opened={opened} onClose={onClose}>
      <EditForm product={product} onClose={onClose} />
    </FormDrawer>
  );
}

function CreateForm({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation();
  const { at, api, queryClient } = useWorkspace();
  const navigate = useNavigate();
  const units = useUnits();
  const keyFor = useIdempotencyKey();
  const [another, setAnother] = useState(false);
  const holder = useHolder();
  const piece = units.find(({ code }) => code === "pc")?.id ?? "";
  const form = useSchemaForm({
    model: "ProductIn",
    room: "products",
    initial: blank,
    onProblem: holder.note,
    save: async (values) => {
      const { cost_price, ...rest } = bodyOf({ ...values, unit_id: values.unit_id || piece });
      const body = {
        ...rest,
        ...(cost_price ? { cost_price } : {}),
        sale_price: rest.sale_price ?? "0",
      } as never;
      const { data } = await api.POST("/api/products", {
        body,
        headers: { "Idempotency-Key": keyFor(body) },
      });
      await invalidate(queryClient, "/api/products");
      say(t("products.created", { name: values.name }), {
        label: t("common.open"),
        run: () => navigate({ to: at(`/products/${data?.id}`) }),
      });
      if (another) form.restart();
      else onClose();
    },
  });
  return (
    <DrawerForm
      form={form}
      submitLabel={t("products.create")}
      onCancel={onClose}
      notice={holder.notice}
      aside={
        <Switch
          size="xs"
          label={t("common.createAnother")}
          checked={another}
          onChange={(event) => setAnother(event.currentTarget.checked)}
        />
      }
    >
      <Fields form={form} piece={piece} />
    </DrawerForm>
  );
}

function EditForm({ product, onClose }: { product: Product; onClose: () => void }) {
  const { t } = useTranslation();
  const { api, queryClient } = useWorkspace();
  const [initial] = useState(() => valuesOf(product));
  const [version] = useState(product.version);
  const holder = useHolder();
  const readable = useProductValue(product.currency);
  const { saveOver, dialog } = useConflict({ room: "products", initial, readable });
  const form = useSchemaForm({
    model: "ProductIn",
    room: "products",
    initial,
    onProblem: holder.note,
    save: async (values) => {
      const body = changesOf(values, initial) as never;
      const path = { product_id: product.id };
      await saveOver(values, version, (over) =>
        api.PATCH("/api/products/{product_id}", { params: { path }, body, headers: ifMatch(over) }),
      );
      await invalidate(queryClient, "/api/products", "/api/audit");
      onClose();
    },
  });
  return (
    <>
      <DrawerForm form={form} submitLabel={t("common.save")} onCancel={onClose} notice={holder.notice}>
        <Fields form={form} piece="" />
      </DrawerForm>
      {dialog}
    </>
  );
}

type FieldsProps = { form: ReturnType<typeof useSchemaForm<Values>>; piece: string };

function Fields({ form, piece }: FieldsProps) {
  const { t } = useTranslation();
  const { can, organization } = useWorkspace();
  const units = useUnits();
  const unit = form.field("unit_id");
  const kind = form.field("kind");
  return (
    <>
      <TextInput {...form.field("name")} data-autofocus />
      <SegmentedControl
        fullWidth
        aria-label={kind.label}
        value={kind.value}
        onChange={kind.onChange}
        data={(["goods", "service"] as const).map((value) => ({
          value,
          label: t(`products.kinds.${value}`),
        }))}
      />
      <SimpleGrid cols={2} spacing="md">
        <MoneyInput {...form.field("sale_price")} currency={organization.currency} />
        {can("products:costs") && (
          <MoneyInput {...form.field("cost_price")} currency={organization.currency} />
        )}
        <TextInput {...form.field("sku")} autoComplete="off" />
        <TextInput {...form.field("barcode")} autoComplete="off" />
        <Select
          {...unit}
          value={unit.value || piece || null}
          data={units.map(({ id, name }) => ({ value: id, label: name }))}
          searchable
        />
        <CategorySelect {...form.field("category_id")} />
        <TextInput {...form.field("supplier_code")} autoComplete="off" />
      </SimpleGrid>
      <Textarea {...form.field("description")} autosize minRows={3} maxRows={10} />
    </>
  );
}
