import { Alert, Button, Drawer, Group, Kbd, Stack } from "@mantine/core";
import { getHotkeyHandler } from "@mantine/hooks";
import { IconAlertCircle } from "@tabler/icons-react";
import type { FormEvent, ReactNode, RefObject } from "react";
import { useTranslation } from "react-i18next";
import classes from "./FormDrawer.module.css";

type FormDrawerProps = {
  title: ReactNode;
  opened: boolean;
  onClose: () => void;
  isWide?: boolean;
  /** Beside the title. */
  tools?: ReactNode;
  children: ReactNode;
};

/** The frame of every create and edit form: the list or record stays in sight behind it. */
export function FormDrawer({ title, opened, onClose, isWide, tools, children }: FormDrawerProps) {
  const { t } = useTranslation();
  return (
    <Drawer.Root
      opened={opened}
      onClose={onClose}
      position="right"
      size={isWide ? "44rem" : "30rem"}
      classNames={{
        content: classes.content,
        body: classes.body,
        title: classes.title,
        header: classes.header,
      }}
    >
      <Drawer.Overlay backgroundOpacity={0.32} />
      <Drawer.Content>
        <Drawer.Header>
          <Drawer.Title>{title}</Drawer.Title>
          <Group gap={4} ms="auto" wrap="nowrap">
            {tools}
            <Drawer.CloseButton aria-label={t("common.close")} />
          </Group>
        </Drawer.Header>
        <Drawer.Body>{children}</Drawer.Body>
      </Drawer.Content>
    </Drawer.Root>
  );
}

type DrawerFormProps = {
  form: {
    element: RefObject<HTMLFormElement | null>;
    onSubmit: (event?: FormEvent<HTMLFormElement>) => void;
    alert: string | null;
    saving: boolean;
  };
  submitLabel: string;
  onCancel: () => void;
  /** Above the fields, for refusals that offer a way on. */
  notice?: ReactNode;
  aside?: ReactNode;
  children: ReactNode;
};

/** Fields that scroll over a footer that stays; Ctrl+Enter saves from anywhere in it. */
export function DrawerForm({ form, submitLabel, onCancel, notice, aside, children }: DrawerFormProps) {
  const { t } = useTranslation();
  return (
    <form
      ref={form.element}
      className={classes.form}
      onSubmit={form.onSubmit}
      onKeyDown={getHotkeyHandler([["mod+Enter", () => form.element.current?.requestSubmit()]])}
      noValidate
    >
      <div className={classes.fields}>
        <Stack gap="md">
          {form.alert && (
            <Alert role="alert" color="red" icon={<IconAlertCircle size={18} />}>
              {form.alert}
            </Alert>
          )}
          {notice}
          {children}
        </Stack>
      </div>
      <div className={classes.footer}>
        <div>{aside}</div>
        <Group gap="xs" wrap="nowrap">
          <Button variant="default" onClick={onCancel}>
            {t("common.cancel")}
          </Button>
          <Button type="submit" loading={form.saving} rightSection={<Kbd className={classes.kbd}>⌃↵</Kbd>}>
            {submitLabel}
          </Button>
        </Group>
      </div>
    </form>
  );
}
