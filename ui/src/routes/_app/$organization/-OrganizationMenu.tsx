import { Avatar, Menu, UnstyledButton, VisuallyHidden } from "@mantine/core";
import { IconCheck, IconPlus, IconSelector } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { useMe } from "~/session/me";
import { useWorkspace } from "~/session/workspace";
import { initials } from "~/ui/format";
import classes from "~/ui/shell.module.css";
import { useNewOrganization } from "./-NewOrganization";
import { useSwitchOrganization } from "./-switch";

/** The organization one works in; the others and a new one behind it. */
export function OrganizationMenu() {
  const { t } = useTranslation();
  const { organizations } = useMe();
  const { membership } = useWorkspace();
  const switchTo = useSwitchOrganization();
  const openNew = useNewOrganization();
  return (
    <Menu width={260} position="bottom-start">
      <Menu.Target>
        <UnstyledButton className={classes.menuButton}>
          <VisuallyHidden>{t("shell.switch")}</VisuallyHidden>
          <OrganizationName name={membership.name} />
          <IconSelector size={16} aria-hidden />
        </UnstyledButton>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>{t("shell.organizations")}</Menu.Label>
        {organizations.map(({ slug, name }) => (
          <Menu.Item
            key={slug}
            onClick={() => switchTo(slug)}
            rightSection={slug === membership.slug ? <IconCheck size={16} /> : undefined}
          >
            {name}
          </Menu.Item>
        ))}
        <Menu.Divider />
        <Menu.Item leftSection={<IconPlus size={16} />} onClick={openNew}>
          {t("organizations.new.menu")}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}

function OrganizationName({ name }: { name: string }) {
  return (
    <>
      <Avatar size={28} radius="sm" variant="filled" color="pine" aria-hidden>
        {initials(name).slice(0, 1)}
      </Avatar>
      <span className={classes.names}>
        <span className={classes.name}>{name}</span>
      </span>
    </>
  );
}
