import { useTranslation } from "react-i18next";
import { invalidate } from "~/api/queries";
import type { components } from "~/api/schema.gen";
import { useWorkspace } from "~/session/workspace";
import { onceOnly } from "~/ui/form";
import { say, sayProblem } from "~/ui/toast";

export type JobRow = components["schemas"]["OutboxRowOut"];

/** Trying a mail again, and sending oneself one. */
export function useResending() {
  const { t } = useTranslation();
  const { api, queryClient } = useWorkspace();
  const attempt = async (run: () => Promise<string>) => {
    try {
      say(await run());
    } catch (error) {
      sayProblem(error, () => attempt(run));
    } finally {
      await invalidate(queryClient, "/api/outbox", "/api/audit");
    }
  };
  const sendTest = () =>
    attempt(async () => {
      const { data } = await api.POST("/api/outbox/test", { headers: onceOnly() });
      return t("organizations.outbox.testDone", { to: data?.to });
    });
  const resend = (id: string, name: string) =>
    attempt(async () => {
      await api.POST("/api/outbox/{outbox_id}/resend", { params: { path: { outbox_id: id } } });
      return t("organizations.outbox.again", { name });
    });
  return { sendTest, resend };
}
