import { useTranslation } from "react-i18next";
import { useWorkspace } from "~/session/workspace";
import type { Column } from "./DataTable";
import { When } from "./Facts";

type Dated = { id: string; updated_at: string };

/** The last column of every list of records. */
export function useUpdatedColumn(isOptional = false): Column<Dated> {
  const { t } = useTranslation();
  const { timeZone } = useWorkspace();
  return {
    id: "updated_at",
    quiet: true,
    optional: isOptional,
    label: t("common.updatedAt"),
    sortable: true,
    startsDescending: true,
    width: 150,
    render: ({ updated_at }) => <When at={updated_at} timeZone={timeZone} />,
  };
}
