import { Tooltip } from "@mantine/core";
import { cloneElement, type MouseEvent, type ReactElement, useId } from "react";
import { useTranslation } from "react-i18next";
import { type Right, useWorkspace } from "~/session/workspace";

type Pressable = { onClick?: (event: MouseEvent) => void };
type ExplainedProps = {
  /** Why it cannot be used here and now; nothing while it can. */
  reason: string | undefined;
  children: ReactElement<Pressable>;
};

/** A button that may be out of reach: it stays in sight and under the keyboard, and says why it does nothing. */
export function Explained({ reason, children }: ExplainedProps) {
  const id = useId();
  if (!reason) return children;
  const refused = {
    "data-disabled": true,
    "aria-disabled": true,
    "aria-describedby": id,
    component: "button",
    type: "button",
    onClick: (event: MouseEvent) => event.preventDefault(),
  };
  return (
    <>
      <Tooltip
        label={reason}
        multiline
        maw={280}
        openDelay={0}
        events={{ hover: true, focus: true, touch: true }}
      >
        {cloneElement(children, refused as Pressable)}
      </Tooltip>
      <span id={id} hidden>
        {reason}
      </span>
    </>
  );
}

/** The sentence that refuses what one's role does not include; undefined for those who may. */
export function useRefusal() {
  const { t } = useTranslation();
  const { can, membership } = useWorkspace();
  return (right: Right): string | undefined =>
    can(right)
      ? undefined
      : t("common.refusal", { role: t(`organizations.roles.${membership.role}.name` as never) });
}
