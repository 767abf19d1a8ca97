import {
  Avatar,
  Divider,
  Popover,
  SegmentedControl,
  type SegmentedControlProps,
  Stack,
  Text,
  UnstyledButton,
  useMantineColorScheme,
  VisuallyHidden,
} from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import {
  IconBook2,
  IconDeviceDesktop,
  IconKeyboard,
  IconLogout,
  IconMoon,
  IconSelector,
  IconSun,
  IconUserCog,
} from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { chooseLanguage, type Language, language, languages } from "~/i18n";
import { signOut } from "~/session/leave";
import { useMe } from "~/session/me";
import { initials } from "~/ui/format";
import { Keys } from "~/ui/Keys";
import classes from "~/ui/shell.module.css";

const schemes = [
  { value: "auto", icon: IconDeviceDesktop },
  { value: "light", icon: IconSun },
  { value: "dark", icon: IconMoon },
] as const;

/** Who is signed in, and the tastes of this device. */
export function UserMenu({ openHelp }: { openHelp: () => void }) {
  const { t } = useTranslation();
  const { user } = useMe();
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const name = user.full_name ?? user.username ?? user.email ?? "";
  const [opened, { toggle, close }] = useDisclosure(false);
  const pick = (run: () => void) => () => {
    close();
    run();
  };
  const tongues = Object.entries(languages).map(([value, label]) => ({ value: value as Language, label }));
  return (
    <Popover
      opened={opened}
      onChange={(open) => !open && close()}
      width={264}
      position="top-start"
      trapFocus
      shadow="lg"
      radius="md"
    >
      <Popover.Target>
        <UnstyledButton className={classes.menuButton} onClick={toggle}>
          <Avatar size={28} radius="xl" color="gray" aria-hidden>
            {initials(name)}
          </Avatar>
          <VisuallyHidden>{t("shell.account")}</VisuallyHidden>
          <span className={classes.names}>
            <span className={classes.name}>{name}</span>
            {user.email !== name && <span className={classes.email}>{user.email}</span>}
          </span>
          <IconSelector size={16} aria-hidden />
        </UnstyledButton>
      </Popover.Target>
      <Popover.Dropdown p={8} aria-label={t("shell.account")}>
        <Stack gap={2}>
          <Choice
            label={t("shell.appearance")}
            value={colorScheme}
            onChange={(value) => setColorScheme(value as "auto" | "light" | "dark")}
            data={schemes.map(({ value, icon: Icon }) => ({
              value,
              label: <Icon size={16} aria-label={t(`shell.schemes.${value}`)} role="img" />,
            }))}
          />
          <Choice
            label={t("shell.language")}
            value={language()}
            onChange={(value) => chooseLanguage(value as Language)}
            data={tongues}
          />
          <Divider my={6} />
          <Link to="/me/profile" className={classes.link} onClick={close}>
            <IconUserCog size={16} aria-hidden /> {t("shell.settings.me")}
          </Link>
          <button type="button" className={classes.link} onClick={pick(openHelp)}>
            <IconKeyboard size={16} aria-hidden /> {t("shell.shortcuts")}
            <span className={classes.end}>
              <Keys keys="?" />
            </span>
          </button>
          <a className={classes.link} href="/api/docs" target="_blank" rel="noreferrer">
            <IconBook2 size={16} aria-hidden /> {t("shell.apiDocs")}
          </a>
          <button type="button" className={classes.link} onClick={pick(signOut)}>
            <IconLogout size={16} aria-hidden /> {t("shell.signOut")}
          </button>
        </Stack>
      </Popover.Dropdown>
    </Popover>
  );
}

function Choice({ label, ...control }: SegmentedControlProps & { label: string }) {
  return (
    <>
      <Text size="xs" c="dimmed" px={10} pt={4}>
        {label}
      </Text>
      <SegmentedControl fullWidth size="xs" mx={8} mb={4} aria-label={label} {...control} />
    </>
  );
}
