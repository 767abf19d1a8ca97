import { Button, List, Popover, Table, Text } from "@mantine/core";
import { IconCheck, IconMinus } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import type { components } from "~/api/schema.gen";
import { useRights } from "~/session/rights";
import tableClasses from "~/ui/DataTable.module.css";
import classes from "~/ui/matrix.module.css";
import type { Member } from "./-members";
import type { Role } from "./-words";

type Roles = components["schemas"]["RolesOut"];
type RoleMatrixProps = { roles: Roles; members: Member[] };

/** Permissions by room down, roles across, and at the end of each row the people who have it. */
export function RoleMatrix({ roles, members }: RoleMatrixProps) {
  const { t } = useTranslation();
  const { roomOf, nameOfRoom, nameOf } = useRights();
  const rooms = [...new Set(roles.permissions.map(roomOf))];
  const active = members.filter(({ status }) => status === "active");
  return (
    <div className={tableClasses.plain}>
      <Table
        className={`${tableClasses.table} ${classes.matrix}`}
        aria-label={t("organizations.matrix.title")}
      >
        <Table.Thead>
          <Table.Tr>
            <Table.Th scope="col">{t("organizations.matrix.right")}</Table.Th>
            {roles.roles.map(({ role }) => (
              <Table.Th key={role} scope="col" data-phone className={classes.role}>
                {t(`organizations.roles.${role}.name`)}
                <Text size="xs" c="dimmed" fw={400}>
                  {t("organizations.matrix.people", {
                    count: active.filter((each) => each.role === role).length,
                  })}
                </Text>
              </Table.Th>
            ))}
            <Table.Th scope="col" data-align="right">
              {t("organizations.matrix.who")}
            </Table.Th>
          </Table.Tr>
        </Table.Thead>
        {rooms.map((room) => (
          <Table.Tbody key={room}>
            <Table.Tr className={classes.room}>
              <Table.Th scope="rowgroup" colSpan={roles.roles.length + 2}>
                {nameOfRoom(room)}
              </Table.Th>
            </Table.Tr>
            {roles.permissions
              .filter((right) => roomOf(right) === room)
              .map((right) => (
                <Table.Tr key={right}>
                  <Table.Th scope="row" className={classes.right}>
                    {nameOf(right)}
                  </Table.Th>
                  {roles.roles.map((role) => (
                    <Table.Td key={role.role} data-phone className={classes.role}>
                      <Mark role={role} right={right} />
                    </Table.Td>
                  ))}
                  <Table.Td data-align="right">
                    <Holders name={nameOf(right)} people={holdersOf(right, roles, active)} />
                  </Table.Td>
                </Table.Tr>
              ))}
          </Table.Tbody>
        ))}
      </Table>
    </div>
  );
}

function holdersOf(right: string, { roles }: Roles, members: Member[]): Member[] {
  const able = roles.filter(({ permissions }) => permissions.includes(right)).map(({ role }) => role);
  return members.filter(({ role }) => able.includes(role as Role));
}

function Mark({ role, right }: { role: Roles["roles"][number]; right: string }) {
  const { t } = useTranslation();
  if (!role.permissions.includes(right))
    return <IconMinus size={16} className={classes.no} role="img" aria-label={t("common.no")} />;
  if (role.own.includes(right)) return <span>{t("organizations.matrix.own")}</span>;
  return <IconCheck size={18} className={classes.yes} role="img" aria-label={t("common.yes")} />;
}

function Holders({ name, people }: { name: string; people: Member[] }) {
  const { t } = useTranslation();
  const count = t("organizations.matrix.people", { count: people.length });
  if (!people.length) return <Text size="sm">{count}</Text>;
  return (
    <Popover width={260} position="bottom-end" shadow="lg" radius="md" trapFocus returnFocus>
      <Popover.Target>
        <Button variant="subtle" color="gray" size="compact-sm" aria-label={`${count}: ${name}`}>
          {count}
        </Button>
      </Popover.Target>
      <Popover.Dropdown aria-label={t("organizations.matrix.whoHas", { name })}>
        <Text size="xs" c="dimmed" mb={6}>
          {t("organizations.matrix.whoHas", { name })}
        </Text>
        <List size="sm" listStyleType="none" spacing={4} className={classes.people} tabIndex={0}>
          {people.map((person) => (
            <List.Item key={person.id}>
              {person.name}{" "}
              <Text span size="xs" c="dimmed">
                {t(`organizations.roles.${person.role as Role}.name`)}
              </Text>
            </List.Item>
          ))}
        </List>
      </Popover.Dropdown>
    </Popover>
  );
}
