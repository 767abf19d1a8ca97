import { Alert, Button } from "@mantine/core";
import { getHotkeyHandler } from "@mantine/hooks";
import { IconAlertCircle } from "@tabler/icons-react";
import { type FormEvent, type ReactNode, type RefObject, useId } from "react";
import { useTranslation } from "react-i18next";
import classes from "./Panel.module.css";

type PanelProps = {
  title: string;
  text?: ReactNode;
  /** Beside the title. */
  action?: ReactNode;
  /** The content goes from edge to edge, as lists do. */
  isFlush?: boolean;
  children: ReactNode;
};

/** One matter of a settings page: what it is, in a sentence, and what can be done about it. */
export function Panel({ title, text, action, isFlush, children }: PanelProps) {
  const id = useId();
  return (
    <section className={classes.panel} aria-labelledby={id}>
      <header className={classes.head}>
        <div>
          <h2 id={id}>{title}</h2>
          {text && <p>{text}</p>}
        </div>
        {action}
      </header>
      <div className={isFlush ? classes.flush : classes.body}>{children}</div>
    </section>
  );
}

type PanelFormProps = Omit<PanelProps, "isFlush" | "action"> & {
  form: {
    element: RefObject<HTMLFormElement | null>;
    onSubmit: (event?: FormEvent<HTMLFormElement>) => void;
    alert: string | null;
    saving: boolean;
    isDirty: () => boolean;
  };
  submitLabel?: string;
  /** Beside the button. */
  aside?: ReactNode;
};

/** A panel whose fields are saved together; Ctrl+Enter saves from anywhere in it. */
export function PanelForm({ form, title, text, submitLabel, aside, children }: PanelFormProps) {
  const { t } = useTranslation();
  const isIdle = !form.isDirty() && !form.saving;
  return (
    <form
      ref={form.element}
      onSubmit={form.onSubmit}
      onKeyDown={getHotkeyHandler([["mod+Enter", () => form.element.current?.requestSubmit()]])}
      noValidate
    >
      <Panel title={title} text={text} isFlush>
        <div className={classes.fields}>
          {form.alert && (
            <Alert role="alert" color="red" icon={<IconAlertCircle size={18} />}>
              {form.alert}
            </Alert>
          )}
          {children}
        </div>
        <footer className={classes.foot}>
          <div>{aside}</div>
          <Button type="submit" loading={form.saving} variant={isIdle ? "default" : "filled"}>
            {submitLabel ?? t("common.save")}
          </Button>
        </footer>
      </Panel>
    </form>
  );
}

/** Panels one below the other, as wide as one reads well. */
export function Panels({ children }: { children: ReactNode }) {
  return <div className={classes.panels}>{children}</div>;
}
