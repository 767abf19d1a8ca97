import { Button, SimpleGrid, Text } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { invalidate } from "~/api/queries";
import { useWorkspace } from "~/session/workspace";
import { Explained, useRefusal } from "~/ui/Explained";
import { Facts, Section } from "~/ui/Facts";
import { DrawerForm, FormDrawer } from "~/ui/FormDrawer";
import { bodyOf, useSchemaForm } from "~/ui/form";
import { quantity } from "~/ui/format";
import { MoneyInput } from "~/ui/MoneyInput";
import type { StockRow } from "~/ui/stock/figures";

/** Below which figure managers are told, and up to which is ordered. */
export function ReorderLevel({ row }: { row: StockRow }) {
  const { t } = useTranslation();
  const [opened, setOpened] = useState(false);
  const reason = useRefusal()("stock:move");
  const unit = row.product.unit.code;
  const figure = (value: string | null) => value && quantity(value, unit);
  const button = (
    <Explained reason={reason}>
      <Button size="compact-sm" variant="default" onClick={() => setOpened(true)}>
        {t(row.minimum ? "stock.rule.edit" : "stock.rule.set")}
      </Button>
    </Explained>
  );
  return (
    <Section title={t("stock.rule.title")} action={button}>
      {row.minimum ? (
        <Facts
          facts={[
            { label: t("stock.fields.minimum"), value: figure(row.minimum) },
            { label: t("stock.fields.target"), value: figure(row.target) },
          ]}
        />
      ) : (
        <Text size="sm" c="dimmed">
          {t("stock.rule.none")}
        </Text>
      )}
      <FormDrawer title={t("stock.rule.title")} opened={opened} onClose={() => setOpened(false)}>
        <LevelForm row={row} onClose={() => setOpened(false)} />
      </FormDrawer>
    </Section>
  );
}

function LevelForm({ row, onClose }: { row: StockRow; onClose: () => void }) {
  const { t } = useTranslation();
  const { api, queryClient } = useWorkspace();
  const unit = row.product.unit.code;
  const form = useSchemaForm({
    model: "RuleIn",
    room: "stock",
    initial: { minimum: row.minimum ?? "", target: row.target ?? "" },
    save: async (values) => {
      const body = bodyOf(values) as { minimum: string; target: string | null };
      const path = { product: row.product.id };
      await api.PUT("/api/stock/rules/{product}", { params: { path }, body });
      onClose();
      await invalidate(queryClient, "/api/stock");
    },
  });
  return (
    <DrawerForm form={form} submitLabel={t("stock.rule.save")} onCancel={onClose}>
      <Text size="sm" c="dimmed">
        {t("stock.rule.text")}
      </Text>
      <SimpleGrid cols={2} spacing="md">
        <MoneyInput {...form.field("minimum")} currency={unit} data-autofocus />
        <MoneyInput {...form.field("target")} currency={unit} description={t("stock.hints.target")} />
      </SimpleGrid>
    </DrawerForm>
  );
}
