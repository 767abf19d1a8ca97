import { Text, TextInput } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { problemOf } from "~/api/problem";
import { invalidate } from "~/api/queries";
import { useWorkspace } from "~/session/workspace";
import { askForReason } from "~/ui/askForReason";
import { useSchemaForm } from "~/ui/form";
import { day } from "~/ui/format";
import { PanelForm } from "~/ui/Panel";
import { say } from "~/ui/toast";
import { dayAt } from "~/ui/zone";

type ClosingFormProps = {
  books: "stock" | "hours";
  path: "/api/stock/close" | "/api/timesheets/close";
  /** The last closed day. */
  until: string | null;
};

/** One of the books: how far it is closed, and closing it further; going back asks why. */
export function ClosingForm({ books, path, until: closed }: ClosingFormProps) {
  const { t } = useTranslation();
  const { api, queryClient, organization } = useWorkspace();
  const words = (date: string) => day(date, "UTC");
  const form = useSchemaForm({
    model: "CloseIn",
    room: "organizations",
    initial: { until: closed ?? "" },
    save: async ({ until }) => {
      const isDone = await explaining(until, (reason) => api.POST(path, { body: { until, reason } }));
      if (isDone) say(t("organizations.closing.done", { day: words(until) }));
      await invalidate(queryClient, path, "/api/audit");
    },
  });
  /** Whoever moves the closing back is asked for the reason; false: better not. */
  async function explaining(until: string, run: (reason: string | null) => Promise<unknown>) {
    try {
      await run(null);
    } catch (error) {
      const { code, body } = problemOf(error);
      if (code !== "closing_moves_back") throw error;
      const { closed_until } = body as { closed_until: string };
      const reason = await askForReason({
        title: t("organizations.closing.back.title"),
        text: t("organizations.closing.back.text", { day: words(closed_until), until: words(until) }),
        confirm: t("organizations.closing.back.confirm"),
      });
      if (reason === null) return false;
      await run(reason);
    }
    return true;
  }
  return (
    <PanelForm
      form={form}
      title={t(`organizations.closing.${books}.title`)}
      text={t(`organizations.closing.${books}.text`)}
      submitLabel={t("organizations.closing.submit")}
      aside={
        <Text size="sm" c="dimmed" role="status">
          {closed
            ? t("organizations.closing.until", { day: words(closed) })
            : t("organizations.closing.none")}
        </Text>
      }
    >
      <TextInput
        {...form.field("until")}
        type="date"
        max={dayAt(Date.now(), organization.time_zone)}
        maw={220}
      />
    </PanelForm>
  );
}
