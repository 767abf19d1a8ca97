import { useTranslation } from "react-i18next";
import { invalidate } from "~/api/queries";
import { useWorkspace } from "~/session/workspace";
import { ifMatch } from "~/ui/archiving";
import { askForReason } from "~/ui/askForReason";
import type { Tone } from "~/ui/StatusBadge";
import { HOURS } from "~/ui/time/entries";
import { sayProblem } from "~/ui/toast";
import type { Week } from "./-grid";

export type Step = Week["steps"][number];
type Handed = { member: { id: string; name: string }; starts_on: string; version: number | null };

const WITH_REASON: readonly Step[] = ["reject", "reopen"];
type Path = "/api/timesheets/{member_id}/{day}/reject";

/** The ways a week goes: in one's own hands, handed in, decided. */
export function useSteps() {
  const { t } = useTranslation();
  const { api, queryClient } = useWorkspace();

  /** Asks why where the member is told so; says whether the step was taken. */
  async function take(step: Step, { member, starts_on, version }: Handed): Promise<boolean> {
    const asks = WITH_REASON.includes(step);
    const title = t(
      step === "reopen" ? "timesheets.approvals.reopenTitle" : "timesheets.approvals.rejectTitle",
    );
    const text = t("timesheets.approvals.isTold", { name: member.name });
    const confirm = t(step === "reopen" ? "timesheets.approvals.reopen" : "timesheets.approvals.reject");
    const reason = asks ? await askForReason({ title, text, confirm }) : "";
    if (reason === null) return false;
    const params = { path: { member_id: member.id, day: starts_on } };
    const headers = version === null ? {} : ifMatch(version);
    try {
      const path = `/api/timesheets/{member_id}/{day}/${step}` as Path; // all steps have this shape
      await api.POST(path, { params, headers, ...(asks ? { body: { reason } } : {}) } as never);
      return true;
    } catch (error) {
      sayProblem(error);
      return false;
    } finally {
      await invalidate(queryClient, ...HOURS, "/api/notices");
    }
  }
  return take;
}

/** How each state of a week looks. */
export const TONES: Record<Week["state"], Tone> = {
  open: "quiet",
  submitted: "waiting",
  approved: "good",
  rejected: "bad",
  reopened: "waiting",
};
