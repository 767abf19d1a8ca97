import { Button, Skeleton } from "@mantine/core";
import { IconDeviceDesktop, IconDeviceMobile, IconTerminal2 } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { problemOf } from "~/api/problem";
import type { components } from "~/api/schema.gen";
import { signOut } from "~/session/leave";
import { person } from "~/session/me";
import { asYourself } from "~/session/reauthenticate";
import { ErrorState } from "~/ui/ErrorState";
import { When } from "~/ui/Facts";
import { Panel } from "~/ui/Panel";
import { PanelRow, PanelRows } from "~/ui/PanelRows";
import { Tag } from "~/ui/StatusBadge";
import { say, sayProblem } from "~/ui/toast";

type Device = components["schemas"]["DeviceOut"];

const devicesQuery = person.$api.queryOptions("get", "/api/auth/sessions", {});

export const refreshDevices = () => person.queryClient.invalidateQueries(devicesQuery);

/** Everywhere one is signed in, and ending it there. */
export function Devices() {
  const { t } = useTranslation();
  const { data, error, refetch } = useQuery(devicesQuery, person.queryClient);
  const devices = data?.items ?? [];
  const endOthers = () =>
    end(
      () => person.api.POST("/api/auth/revoke-all", { body: { keep_current: true } }),
      t("identity.devices.othersEnded"),
    );
  return (
    <Panel
      isFlush
      title={t("identity.devices.title")}
      text={t("identity.devices.text")}
      action={
        devices.length > 1 && (
          <Button variant="default" size="xs" onClick={endOthers}>
            {t("identity.devices.endOthers")}
          </Button>
        )
      }
    >
      {error && <ErrorState problem={problemOf(error)} retry={() => refetch()} />}
      <PanelRows label={t("identity.devices.title")}>
        {!data && !error && (
          <PanelRow title={<Skeleton h={12} w={160} />} note={<Skeleton h={10} w={220} mt={6} />} />
        )}
        {devices.map((device) => (
          <DeviceRow key={device.id} device={device} />
        ))}
      </PanelRows>
    </Panel>
  );
}

async function end(call: () => Promise<unknown>, done: string) {
  try {
    if (await asYourself(call)) say(done);
  } catch (error) {
    sayProblem(error);
  } finally {
    await refreshDevices();
  }
}

/** "Firefox on Windows" in the present language; programs keep their own name. */
function useDeviceName() {
  const { t } = useTranslation();
  return (device: string) => {
    const [browser, system] = device.split(" on ");
    if (system) return t("identity.devices.browserOn", { browser, system });
    return device === "Unknown device" ? t("identity.devices.unknown") : device;
  };
}

function iconOf(device: string) {
  if (/Android|iPhone|iPad/.test(device)) return IconDeviceMobile;
  return / on /.test(device) ? IconDeviceDesktop : IconTerminal2;
}

function DeviceRow({ device }: { device: Device }) {
  const { t } = useTranslation();
  const name = useDeviceName()(device.device);
  const Icon = iconOf(device.device);
  const endIt = () => {
    if (device.is_this) return signOut();
    const path = { session_id: device.id };
    return end(
      () => person.api.DELETE("/api/auth/sessions/{session_id}", { params: { path } }),
      t("identity.devices.ended", { name }),
    );
  };
  return (
    <PanelRow
      icon={<Icon size={18} stroke={1.7} />}
      title={
        <>
          {name}
          {device.is_this && <Tag>{t("identity.devices.this")}</Tag>}
        </>
      }
      note={
        <>
          {device.ip && `${device.ip} · `}
          {t("identity.devices.seen")} <When at={device.last_seen_at} /> · {t("identity.devices.since")}{" "}
          <When at={device.created_at} />
        </>
      }
      action={
        <Button
          variant="subtle"
          color="gray"
          size="xs"
          onClick={endIt}
          aria-label={t("identity.devices.endNamed", { name })}
        >
          {t("shell.signOut")}
        </Button>
      }
    />
  );
}
