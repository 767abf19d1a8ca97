import { Button } from "@mantine/core";
import { IconTrash } from "@tabler/icons-react";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { invalidate } from "~/api/queries";
import { useWorkspace } from "~/session/workspace";
import { ask } from "~/ui/ask";
import { DrawerForm } from "~/ui/FormDrawer";
import { sayProblem } from "~/ui/toast";

export type PartPanelProps<P> = { customerId: string; part?: P; opened: boolean; onClose: () => void };
export type PartFormProps<P> = Omit<PartPanelProps<P>, "opened">;

type FrameProps = {
  form: Parameters<typeof DrawerForm>[0]["form"];
  /** Of the part that can be deleted; a new one has none. */
  name?: string;
  remove: () => Promise<unknown>;
  onClose: () => void;
  /** About a conflict, over the form. */
  dialog: ReactNode;
  children: ReactNode;
};

/** The frame of both kinds of parts: fields, and deleting one that exists. */
export function PartForm({ form, name, remove, onClose, dialog, children }: FrameProps) {
  const { t } = useTranslation();
  const { queryClient } = useWorkspace();
  const askAndRemove = async () => {
    const question = {
      title: t("common.delete.title", { name }),
      text: t("common.delete.text"),
      confirm: t("common.delete.confirm"),
      isDangerous: true,
    };
    if (!(await ask(question))) return;
    try {
      await remove();
      onClose();
    } catch (error) {
      sayProblem(error);
    } finally {
      await invalidate(queryClient, "/api/customers", "/api/audit");
    }
  };
  return (
    <DrawerForm
      form={form}
      submitLabel={t("common.save")}
      onCancel={onClose}
      aside={
        name && (
          <Button variant="subtle" color="red" leftSection={<IconTrash size={16} />} onClick={askAndRemove}>
            {t("common.delete.confirm")}
          </Button>
        )
      }
    >
      {children}
      {dialog}
    </DrawerForm>
  );
}
