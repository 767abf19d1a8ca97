import { useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { invalidate } from "~/api/queries";
import type { components } from "~/api/schema.gen";
import { useWorkspace } from "~/session/workspace";
import { ifMatch } from "~/ui/archiving";
import { ask } from "~/ui/ask";
import { say, sayDone, sayProblem } from "~/ui/toast";
import type { Role, Status } from "./-words";

export type Member = components["schemas"]["ColleagueOut"];

/** Those whose name, address or number fits; who left shows only when asked for. */
export function matching(members: Member[], text: string, status?: Status): Member[] {
  const wanted = text.trim().toLowerCase();
  const fits = ({ name, email, number }: Member) =>
    `${name} ${email ?? ""} #${number}`.toLowerCase().includes(wanted);
  return members.filter(
    (member) => (status ? member.status === status : member.status !== "removed") && fits(member),
  );
}

/** Why nobody may change this membership now; undefined if one may. */
export function useUntouchable(members: Member[]) {
  const { t } = useTranslation();
  const admins = members.filter(({ role, status }) => role === "admin" && status === "active");
  return ({ is_me }: Member): string | undefined => {
    if (!is_me) return undefined;
    return t(admins.length < 2 ? "organizations.members.lastAdmin" : "organizations.members.own");
  };
}

/** Changes of a membership; each says which version it means. */
export function useMembership() {
  const { t } = useTranslation();
  const { api } = useWorkspace();
  const queryClient = useQueryClient();

  async function attempt(run: () => Promise<void>) {
    try {
      await run();
    } catch (error) {
      sayProblem(error, () => attempt(run));
    } finally {
      await invalidate(queryClient, "/api/members", "/api/audit");
    }
  }
  const patch = async (
    { id, version }: Pick<Member, "id" | "version">,
    body: { role?: Role; status?: "active" | "suspended" },
  ) => {
    const init = { params: { path: { member_id: id } }, body: body as never, headers: ifMatch(version) };
    return (await api.PATCH("/api/members/{member_id}", init)).data ?? { id, version };
  };

  const changeRole = (member: Member, role: Role) =>
    attempt(async () => {
      const changed = await patch(member, { role });
      const values = { name: member.name, role: t(`organizations.roles.${role}.name`) };
      const back = { role: member.role as Role };
      sayDone(t("organizations.members.roleChanged", values), () =>
        attempt(async () => void (await patch(changed, back))),
      );
    });
  const changeStatus = (member: Member, status: "active" | "suspended") =>
    attempt(async () => {
      const changed = await patch(member, { status });
      const back = { status: status === "active" ? "suspended" : "active" } as const;
      const done = t(`organizations.members.done.${status}`, { name: member.name });
      sayDone(done, () => attempt(async () => void (await patch(changed, back))));
    });
  const remove = async (member: Member) => {
    const question = {
      title: t("organizations.members.remove.title", { name: member.name }),
      text: t("organizations.members.remove.text"),
      confirm: t("organizations.members.remove.confirm"),
      isDangerous: true,
    };
    if (!(await ask(question))) return;
    await attempt(async () => {
      const path = { member_id: member.id };
      await api.DELETE("/api/members/{member_id}", { params: { path }, headers: ifMatch(member.version) });
      say(t("organizations.members.done.removed", { name: member.name }));
    });
  };
  return { changeRole, changeStatus, remove };
}
