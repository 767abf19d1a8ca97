import { Button, FileButton, SegmentedControl, Stack, Text } from "@mantine/core";
import { IconFileUpload } from "@tabler/icons-react";
import { type DragEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { useWorkspace } from "~/session/workspace";
import classes from "~/ui/import.module.css";
import { Panel } from "~/ui/Panel";
import { type ImportKind, useUpload, WRITES } from "./-importing";
import { KINDS } from "./-words";

type UploadProps = {
  kind: ImportKind | undefined;
  setKind: (kind: ImportKind) => void;
  done: (id: string) => void;
};

const ACCEPTED = ".csv,.txt,.tsv,.xlsx,text/csv";

/** A file by drop or by picker, and what is in it. */
export function Upload({ kind, setKind, done }: UploadProps) {
  const { t } = useTranslation();
  const { can } = useWorkspace();
  const { sending, upload } = useUpload(done);
  const kinds = KINDS.filter((each) => can(WRITES[each]));
  const chosen = kind && kinds.includes(kind) ? kind : kinds[0];
  if (!chosen) return null;
  const take = (file: File | null | undefined) => file && upload(chosen, file);
  return (
    <Panel title={t("imports.upload.title")} text={t("imports.upload.text")}>
      <Stack gap="md">
        <SegmentedControl
          aria-label={t("imports.upload.kind")}
          value={chosen}
          onChange={(next) => setKind(next as ImportKind)}
          data={kinds.map((value) => ({ value, label: t(`imports.kinds.${value}`) }))}
        />
        <DropZone take={take}>
          <IconFileUpload size={26} stroke={1.5} aria-hidden />
          <Text size="sm">{t("imports.upload.drop")}</Text>
          <FileButton
            onChange={take}
            accept={ACCEPTED}
            inputProps={{ "aria-label": t("imports.upload.file") }}
          >
            {(button) => (
              <Button {...button} loading={sending}>
                {t("imports.upload.pick")}
              </Button>
            )}
          </FileButton>
          <Text size="xs" c="dimmed">
            {t(`imports.upload.keys.${chosen}`)}
          </Text>
        </DropZone>
      </Stack>
    </Panel>
  );
}

type DropZoneProps = { take: (file: File | undefined) => void; children: React.ReactNode };

function DropZone({ take, children }: DropZoneProps) {
  const [isOver, setOver] = useState(false);
  const over = (event: DragEvent) => {
    event.preventDefault();
    setOver(true);
  };
  const drop = (event: DragEvent) => {
    event.preventDefault();
    setOver(false);
    take(event.dataTransfer.files[0]);
  };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: dropping is a shortcut; the button within does the same
    <div
      className={classes.drop}
      data-over={isOver || undefined}
      onDragOver={over}
      onDragLeave={() => setOver(false)}
      onDrop={drop}
    >
      {children}
    </div>
  );
}
