import { ActionIcon, Indicator, Tooltip } from "@mantine/core";
import { IconBell } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { useWorkspace } from "~/session/workspace";
import { Timer } from "./-Timer";

/** What is always there: the timer, and whether there is news. */
export function Header({ isPhone = false }: { isPhone?: boolean }) {
  const { can } = useWorkspace();
  return (
    <>
      {can("time:write") && <Timer isPhone={isPhone} />}
      {can("notices:read") && <Bell size={isPhone ? 40 : 32} />}
    </>
  );
}

const MOST_SHOWN = 99;

function Bell({ size }: { size: number }) {
  const { t } = useTranslation();
  const { $api, at } = useWorkspace();
  const params = { query: { unread: "true", limit: 1, count: "true" } } as const;
  const { data } = $api.useQuery("get", "/api/notices", { params }, { refetchInterval: 60_000 });
  const unread = data?.total ?? 0;
  const label = unread ? t("notices.unread", { count: unread }) : t("notices.title");
  return (
    <Tooltip label={label}>
      <Indicator
        inline
        disabled={!unread}
        label={unread > MOST_SHOWN ? `${MOST_SHOWN}+` : unread}
        color="red.8"
        size={16}
        offset={6}
        aria-hidden={undefined}
      >
        <ActionIcon component={Link} to={at("/notices")} size={size} aria-label={label}>
          <IconBell size={18} />
        </ActionIcon>
      </Indicator>
    </Tooltip>
  );
}
