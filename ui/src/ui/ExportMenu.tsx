import { ActionIcon, Menu } from "@mantine/core";
import { IconDownload } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { useWorkspace } from "~/session/workspace";
import { useCommands } from "./commands";
import { sayProblem } from "./toast";

export type Exports = {
  path:
    | ("/api/customers" | "/api/products" | "/api/projects" | "/api/tasks")
    | ("/api/audit" | "/api/outbox");
  query: object;
};

const FILES = { csv: "CSV", xlsx: "Excel" } as const;

/** All rows of the list as it is filtered, from the server, as a file. */
export function ExportMenu({ path, query }: Exports) {
  const { t } = useTranslation();
  const { api } = useWorkspace();

  async function download(ending: keyof typeof FILES) {
    try {
      const params = { query: { ...query, ...WHOLE } };
      const { data } = await api.GET(`${path}.${ending}`, { params, parseAs: "blob" });
      hand(data as unknown as Blob, `${path.slice("/api/".length)}.${ending}`);
    } catch (error) {
      sayProblem(error, () => download(ending));
    }
  }
  useCommands(
    () => [
      {
        id: "list.export",
        group: "list",
        keys: "shift+e",
        label: t("common.export"),
        run: () => download("csv"),
      },
    ],
    [t, path, JSON.stringify(query)],
  );
  return (
    <Menu position="bottom-end" width={140}>
      <Menu.Target>
        <ActionIcon size={30} aria-label={t("common.export")} title={t("common.export")}>
          <IconDownload size={17} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        {(Object.keys(FILES) as (keyof typeof FILES)[]).map((ending) => (
          <Menu.Item key={ending} onClick={() => download(ending)}>
            {FILES[ending]}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}

/** A file knows no pages. */
const WHOLE = { limit: undefined, offset: undefined, cursor: undefined };

function hand(file: Blob, name: string) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(file);
  link.download = name;
  link.click();
  URL.revokeObjectURL(link.href);
}
