import { Button, CopyButton, UnstyledButton } from "@mantine/core";
import { IconAlertTriangle, IconLock, IconMapSearch, IconWifiOff } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import type { Problem } from "~/api/problem";
import { EmptyState } from "./EmptyState";
import { sentenceOf } from "./problems";

type Kind = "network" | "notFound" | "notAllowed" | "failure";
const icons = {
  network: IconWifiOff,
  notFound: IconMapSearch,
  notAllowed: IconLock,
  failure: IconAlertTriangle,
};

function kindOf({ status }: Problem): Kind {
  if (status === 0) return "network";
  if (status === 404 || status === 410) return "notFound";
  return status === 403 ? "notAllowed" : "failure";
}

/** What went wrong, what to do next, and the id that leads to its cause in the server's log. */
export function ErrorState({ problem, retry }: { problem: Problem; retry?: () => void }) {
  const { t } = useTranslation();
  const kind = kindOf(problem);
  const text = kind === "failure" ? sentenceOf(problem) : t(`problems.pages.${kind}.text`);
  return (
    <EmptyState icon={icons[kind]} title={t(`problems.pages.${kind}.title`)} text={text}>
      {retry && kind !== "notFound" && (
        <Button variant="default" onClick={retry}>
          {t("common.retry")}
        </Button>
      )}
      {kind === "notFound" && (
        <Button variant="default" component={Link} to="/">
          {t("common.goHome")}
        </Button>
      )}
      {kind === "failure" && problem.requestId && <RequestId id={problem.requestId} />}
    </EmptyState>
  );
}

function RequestId({ id }: { id: string }) {
  const { t } = useTranslation();
  return (
    <CopyButton value={id}>
      {({ copy, copied }) => (
        <UnstyledButton fz="xs" c="dimmed" onClick={copy} w="100%" mt={6}>
          {copied ? t("common.copied") : t("problems.requestId", { id })}
        </UnstyledButton>
      )}
    </CopyButton>
  );
}
