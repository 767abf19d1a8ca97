import { SimpleGrid } from "@mantine/core";
import { createFileRoute } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { useMe } from "~/session/me";
import { useWorkspace } from "~/session/workspace";
import { When } from "~/ui/Facts";
import { longDay } from "~/ui/format";
import { Page } from "~/ui/Page";
import pageClasses from "~/ui/Page.module.css";
import { FirstSteps } from "./-FirstSteps";
import { LowStock, MyTasks } from "./-Needs";
import { RoomCard } from "./-RoomCard";

export const Route = createFileRoute("/_app/$organization/")({ component: Home });

const NEWEST = { sort: "-updated_at", limit: 5, count: "true" } as const;

/** Where one starts: what waits for one, what changed last, and the first steps while a room is empty. */
function Home() {
  const { t } = useTranslation();
  const { user } = useMe();
  const { $api, at, can, organization, timeZone } = useWorkspace();
  const params = { query: NEWEST };
  const mayCustomers = can("customers:read");
  const mayProducts = can("products:read");
  const customers = $api.useQuery("get", "/api/customers", { params }, { enabled: mayCustomers });
  const products = $api.useQuery("get", "/api/products", { params }, { enabled: mayProducts });
  const first = (user.full_name ?? "").split(" ")[0];
  return (
    <Page title={first ? t("home.hello", { name: first }) : t("home.title")}>
      <div className={pageClasses.body}>
        <p className={pageClasses.lead}>
          {t("home.today", { day: longDay(organization.time_zone), name: organization.name })}
        </p>
        <FirstSteps customers={customers.data?.total} products={products.data?.total} />
        <SimpleGrid cols={{ base: 1, md: 2 }} spacing="lg" verticalSpacing="lg">
          {can("tasks:read") && <MyTasks />}
          {can("stock:read") && <LowStock />}
          {mayCustomers && (
            <RoomCard
              room="customers"
              query={customers}
              rows={(customers.data?.items ?? []).map(({ id, name, updated_at, email, number }) => ({
                id,
                name,
                side: <When at={updated_at} timeZone={timeZone} />,
                note: email ?? `#${number}`,
                to: at(`/customers/${id}`),
              }))}
            />
          )}
          {mayProducts && (
            <RoomCard
              room="products"
              query={products}
              rows={(products.data?.items ?? []).map(({ id, name, updated_at, sku, number }) => ({
                id,
                name,
                side: <When at={updated_at} timeZone={timeZone} />,
                note: sku ?? `#${number}`,
                to: at(`/products/${id}`),
              }))}
            />
          )}
        </SimpleGrid>
      </div>
    </Page>
  );
}
