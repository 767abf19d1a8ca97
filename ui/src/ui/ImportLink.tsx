import { Button } from "@mantine/core";
import { IconFileImport } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { useWorkspace } from "~/session/workspace";

/** From a list to the import of its records, for who may. */
export function ImportLink({ kind }: { kind: "products" | "customers" }) {
  const { t } = useTranslation();
  const { can, at } = useWorkspace();
  if (!can("imports:run") || !can(`${kind}:write`)) return null;
  return (
    <Button
      variant="default"
      leftSection={<IconFileImport size={16} />}
      component={Link}
      to={at("/admin/import")}
      search={{ kind } as never}
    >
      {t("imports.open")}
    </Button>
  );
}
