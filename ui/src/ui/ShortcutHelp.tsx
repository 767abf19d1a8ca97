import { Group, Modal, Stack, Text } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { type CommandGroup, useRegisteredCommands } from "./commands";
import { Keys } from "./Keys";
import classes from "./ShortcutHelp.module.css";

const GROUPS: CommandGroup[] = ["app", "go", "create", "list", "record"];

/** The keys that work on this screen, from the same registry that runs them. */
export function ShortcutHelp({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  const { t } = useTranslation();
  const commands = useRegisteredCommands().filter(({ keys }) => keys);
  return (
    <Modal opened={opened} onClose={onClose} title={t("shell.shortcuts")} size="lg">
      <div className={classes.columns}>
        {GROUPS.map((group) => {
          const inGroup = commands.filter((command) => command.group === group);
          if (!inGroup.length) return null;
          return (
            <Stack key={group} gap={6} className={classes.group}>
              <Text size="xs" fw={600} c="dimmed">
                {t(`shell.groups.${group}`)}
              </Text>
              {inGroup.map(({ id, label, keys = "" }) => (
                <Group key={id} justify="space-between" wrap="nowrap" fz="sm">
                  {label}
                  <Keys keys={keys} />
                </Group>
              ))}
            </Stack>
          );
        })}
      </div>
    </Modal>
  );
}
