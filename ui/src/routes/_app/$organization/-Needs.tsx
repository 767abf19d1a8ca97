import { IconAlertTriangle, IconChecklist } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { useWorkspace } from "~/session/workspace";
import { date, quantity } from "~/ui/format";
import { HomeCard } from "./-RoomCard";

const FIRST = { limit: 5, count: "true" } as const;

/** What is assigned to oneself and open; what is due first comes first. */
export function MyTasks() {
  const { t } = useTranslation();
  const { $api, at } = useWorkspace();
  const mine = { assignee: "me", is_open: true, sort: "due_on" } as const;
  const query = $api.useQuery("get", "/api/tasks", { params: { query: { ...FIRST, ...mine } } });
  const rows = (query.data?.items ?? []).map(({ id, title, key, due_on, overdue }) => ({
    id,
    name: title,
    note: key,
    side: due_on && (overdue ? t("home.late", { day: date(due_on) }) : date(due_on)),
    to: at(`/projects/tasks?task=${id}`),
  }));
  const words = { title: t("tasks.mine"), none: t("home.tasks.none"), all: t("home.tasks.all") };
  return (
    <HomeCard
      id="tasks"
      icon={IconChecklist}
      to={at("/projects/tasks")}
      words={words}
      query={query}
      rows={rows}
    />
  );
}

/** What is to be ordered. */
export function LowStock() {
  const { t } = useTranslation();
  const { $api, at } = useWorkspace();
  const params = { query: { ...FIRST, low: "true" as const } };
  const query = $api.useQuery("get", "/api/stock", { params });
  const rows = (query.data?.items ?? []).map(({ product, available, minimum }) => ({
    id: product.id,
    name: product.name,
    note: product.sku ?? `#${product.number}`,
    side: t("home.stock.left", {
      left: quantity(available ?? "0", product.unit.code),
      minimum: quantity(minimum ?? "0", product.unit.code),
    }),
    to: at(`/products/${product.id}?tab=stock`),
  }));
  const words = { title: t("stock.lowOnly"), none: t("home.stock.none"), all: t("home.stock.all") };
  return (
    <HomeCard
      id="stock"
      icon={IconAlertTriangle}
      to={at("/stock?low=true")}
      words={words}
      query={query}
      rows={rows}
    />
  );
}
