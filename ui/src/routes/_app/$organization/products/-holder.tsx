import { Alert, Button } from "@mantine/core";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Problem } from "~/api/problem";
import { useWorkspace } from "~/session/workspace";
import { useProductArchiving } from "./-archiving";

type Holder = { id: string; number: number; name: string; archived: boolean };

/** An archived product may hold the SKU or barcode: offer to bring it back instead. */
export function useHolder() {
  const { t } = useTranslation();
  const { at, api } = useWorkspace();
  const navigate = useNavigate();
  const archiving = useProductArchiving();
  const [holder, setHolder] = useState<Holder | null>(null);

  const note = (problem: Problem) => {
    const found = problem.body.holder as Holder | undefined;
    setHolder(found?.archived ? found : null);
    return false;
  };
  const restore = async ({ id }: Holder) => {
    const { data } = await api.GET("/api/products/{product_id}", { params: { path: { product_id: id } } });
    if (data) await archiving.change("restore", data);
    await navigate({ to: at(`/products/${id}`) });
  };
  const notice = holder && (
    <Alert color="yellow" title={t("products.holder.title", { name: holder.name, number: holder.number })}>
      <Button size="compact-sm" variant="default" onClick={() => restore(holder)}>
        {t("products.holder.restore")}
      </Button>
    </Alert>
  );
  return { note, notice };
}
