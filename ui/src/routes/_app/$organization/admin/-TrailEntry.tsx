import { Anchor, Text } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { useWorkspace } from "~/session/workspace";
import { Happening } from "~/ui/Happening";
import { StatusBadge } from "~/ui/StatusBadge";
import { changesOf, pathOf, predicateOf, refusalOf, type TrailRow } from "./-trail";

/** One row of the trail as a sentence that leads to what it is about. */
export function TrailEntry({ row }: { row: TrailRow }) {
  const { t } = useTranslation();
  const { actor, trail, reason } = row;
  const isSecurity = trail === "security";
  const nobody = t(actor.kind === "job" ? "trail.job" : "trail.somebody");
  return (
    <Happening
      who={actor.name ?? nobody}
      what={
        <>
          {predicateOf(row.action)}
          <Target row={row} />
        </>
      }
      at={row.at}
      aside={isSecurity && <Circumstances row={row} />}
      reason={isSecurity ? whyRefused(row) : reason && `“${reason}”`}
      changes={changesOf(row)}
    />
  );
}

const whyRefused = ({ outcome, reason }: TrailRow) =>
  outcome === "refused" && reason ? refusalOf(reason) : null;

/** What it was done to, by name where it has one; oneself goes without saying. */
function Target({ row }: { row: TrailRow }) {
  const { t } = useTranslation();
  const { at } = useWorkspace();
  const name = row.target_name === row.actor.name ? null : row.target_name;
  const path = name || row.trail === "changes" ? pathOf(row) : null;
  if (!path) return name && `: ${name}`;
  return (
    <>
      {name ? ": " : " · "}
      <Anchor renderRoot={(props) => <Link to={at(path)} {...props} />} size="sm">
        {name ?? t("common.open")}
      </Anchor>
    </>
  );
}

function Circumstances({ row: { ip, outcome } }: { row: TrailRow }) {
  const { t } = useTranslation();
  return (
    <>
      {ip && (
        <Text span size="xs" c="dimmed">
          {" · "}
          {t("trail.from", { ip })}
        </Text>
      )}
      {outcome !== "done" && (
        <>
          {" "}
          <StatusBadge tone="bad">{t("trail.refused")}</StatusBadge>
        </>
      )}
    </>
  );
}
