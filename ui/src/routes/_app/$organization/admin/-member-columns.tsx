import { ActionIcon, Avatar, Button, Group, Menu, Text } from "@mantine/core";
import {
  IconCalendarTime,
  IconChevronDown,
  IconDots,
  IconPlayerPause,
  IconPlayerPlay,
  IconUserMinus,
  IconUserPlus,
} from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { useWorkspace } from "~/session/workspace";
import { Explained, useRefusal } from "~/ui/Explained";
import { When } from "~/ui/Facts";
import { initials } from "~/ui/format";
import type { PlainColumn } from "~/ui/PlainTable";
import { RowName } from "~/ui/RowLink";
import { StatusBadge, Tag } from "~/ui/StatusBadge";
import { type Member, useMembership, useUntouchable } from "./-members";
import { ROLES, type Role, type Status } from "./-words";

const TONES = { active: "good", suspended: "waiting", removed: "quiet" } as const;

type Openers = { invite: (address: string) => void; plan: (id: string) => void };

export function useMemberColumns(members: Member[], openers: Openers): PlainColumn<Member>[] {
  const { t } = useTranslation();
  const { timeZone } = useWorkspace();
  const untouchable = useUntouchable(members);
  const refusal = useRefusal();
  const reasonFor = (member: Member) => refusal("members:write") ?? untouchable(member);
  return [
    {
      id: "name",
      label: t("organizations.fields.member"),
      render: (member) => <Name member={member} />,
    },
    {
      id: "email",
      quiet: true,
      label: t("identity.fields.email"),
      render: ({ email }) => email,
    },
    {
      id: "role",
      phone: true,
      label: t("organizations.fields.role"),
      width: 170,
      render: (member) => <RoleMenu member={member} reason={reasonFor(member)} />,
    },
    {
      id: "status",
      label: t("common.status"),
      width: 150,
      render: ({ status }) => (
        <StatusBadge tone={TONES[status as keyof typeof TONES]}>
          {t(`organizations.members.statuses.${status as Status}`)}
        </StatusBadge>
      ),
    },
    {
      id: "created_at",
      quiet: true,
      label: t("organizations.fields.joined"),
      width: 130,
      render: ({ created_at }) => <When at={created_at} timeZone={timeZone} />,
    },
    {
      id: "actions",
      phone: true,
      label: t("common.actions"),
      align: "right",
      width: 60,
      render: (member) => <MemberMenu member={member} reason={reasonFor(member)} {...openers} />,
    },
  ];
}

function Name({ member: { name, number, is_me, email, status } }: { member: Member }) {
  const { t } = useTranslation();
  const word = t(`organizations.members.statuses.${status as Status}`);
  return (
    <Group gap={10} wrap="nowrap">
      <Avatar size={28} radius="xl" color="gray" aria-hidden visibleFrom="sm">
        {initials(name)}
      </Avatar>
      <RowName name={name} second={status === "active" ? email : `${word} · ${email}`}>
        <Text span size="xs" c="dimmed" visibleFrom="sm">
          #{number}
        </Text>
        {is_me && <Tag>{t("organizations.members.you")}</Tag>}
      </RowName>
    </Group>
  );
}

type RowProps = { member: Member; reason: string | undefined };

function RoleMenu({ member, reason }: RowProps) {
  const { t } = useTranslation();
  const { changeRole } = useMembership();
  const role = t(`organizations.roles.${member.role as Role}.name`);
  if (member.status === "removed") return role;
  const button = (
    <Button
      variant="subtle"
      color="gray"
      size="compact-sm"
      ms={-8}
      rightSection={<IconChevronDown size={14} />}
      aria-label={t("organizations.members.roleOf", { name: member.name, role })}
    >
      {role}
    </Button>
  );
  if (reason) return <Explained reason={reason}>{button}</Explained>;
  return (
    <Menu position="bottom-start" width={300}>
      <Menu.Target>{button}</Menu.Target>
      <Menu.Dropdown>
        <Menu.RadioGroup value={member.role} onChange={(next) => changeRole(member, next as Role)}>
          {ROLES.map((value) => (
            <Menu.RadioItem key={value} value={value} closeMenuOnClick>
              <Text size="sm">{t(`organizations.roles.${value}.name`)}</Text>
              <Text size="xs" c="dimmed">
                {t(`organizations.roles.${value}.text`)}
              </Text>
            </Menu.RadioItem>
          ))}
        </Menu.RadioGroup>
      </Menu.Dropdown>
    </Menu>
  );
}

/** What may be done about a member; what may not says why. */
function MemberMenu({ member, reason, invite, plan }: RowProps & Openers) {
  const { t } = useTranslation();
  const { can } = useWorkspace();
  const mayPlan = can("time:approve") && member.status !== "removed";
  const button = (
    <ActionIcon aria-label={t("organizations.members.more", { name: member.name })}>
      <IconDots size={18} />
    </ActionIcon>
  );
  if (reason && !mayPlan) return <Explained reason={reason}>{button}</Explained>;
  return (
    <Menu position="bottom-end" width={240}>
      <Menu.Target>{button}</Menu.Target>
      <Menu.Dropdown>
        {mayPlan && (
          <>
            <Menu.Item leftSection={<IconCalendarTime size={16} />} onClick={() => plan(member.id)}>
              {t("organizations.schedule.menu")}
            </Menu.Item>
            <Menu.Divider />
          </>
        )}
        {reason ? <Menu.Label>{reason}</Menu.Label> : <MembershipItems member={member} invite={invite} />}
      </Menu.Dropdown>
    </Menu>
  );
}

function MembershipItems({ member, invite }: Pick<RowProps, "member"> & Pick<Openers, "invite">) {
  const { t } = useTranslation();
  const { changeStatus, remove } = useMembership();
  if (member.status === "removed")
    return (
      <Menu.Item leftSection={<IconUserPlus size={16} />} onClick={() => invite(member.email ?? "")}>
        {t("organizations.members.inviteAgain")}
      </Menu.Item>
    );
  const isSuspended = member.status === "suspended";
  const StatusIcon = isSuspended ? IconPlayerPlay : IconPlayerPause;
  return (
    <>
      <Menu.Item
        leftSection={<StatusIcon size={16} />}
        onClick={() => changeStatus(member, isSuspended ? "active" : "suspended")}
      >
        {t(isSuspended ? "organizations.members.readmit" : "organizations.members.suspend")}
      </Menu.Item>
      <Menu.Divider />
      <Menu.Item
        c="var(--mantine-color-error)"
        leftSection={<IconUserMinus size={16} />}
        onClick={() => remove(member)}
      >
        {t("organizations.members.remove.menu")}
      </Menu.Item>
    </>
  );
}
