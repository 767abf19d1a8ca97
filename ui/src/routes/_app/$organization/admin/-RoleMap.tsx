import { ActionIcon, Button, Fieldset, Group, Select, Text, TextInput } from "@mantine/core";
import { IconPlus, IconX } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { ROLES, type Role } from "./-words";

type Pair = [group: string, role: Role];
type RoleMapProps = { roles: Pair[]; setRoles: (roles: Pair[]) => void };

/** Which group of the directory joins with which role. */
export function RoleMap({ roles, setRoles }: RoleMapProps) {
  const { t } = useTranslation();
  const change = (at: number, pair: Pair) =>
    setRoles(roles.map((each, index) => (index === at ? pair : each)));
  const data = ROLES.map((value) => ({ value, label: t(`organizations.roles.${value}.name`) }));
  return (
    <Fieldset legend={t("organizations.directory.roles")}>
      <Text size="xs" c="dimmed" mb={8}>
        {t("organizations.directory.rolesHint")}
      </Text>
      {roles.map(([group, role], at) => (
        <Group key={at} gap={8} mb={8} wrap="nowrap">
          <TextInput
            flex={1}
            aria-label={t("organizations.directory.group")}
            placeholder={t("organizations.directory.group")}
            value={group}
            onChange={(event) => change(at, [event.currentTarget.value, role])}
            autoComplete="off"
          />
          <Select
            w={150}
            aria-label={t("organizations.directory.roleOf", { group })}
            data={data}
            value={role}
            onChange={(next) => change(at, [group, (next ?? "user") as Role])}
          />
          <ActionIcon
            aria-label={t("organizations.directory.drop", { group })}
            onClick={() => setRoles(roles.filter((_, index) => index !== at))}
          >
            <IconX size={16} />
          </ActionIcon>
        </Group>
      ))}
      <Button
        variant="subtle"
        size="compact-sm"
        leftSection={<IconPlus size={14} />}
        onClick={() => setRoles([...roles, ["", "user"]])}
      >
        {t("organizations.directory.addRole")}
      </Button>
    </Fieldset>
  );
}
