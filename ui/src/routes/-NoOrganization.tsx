import { Button } from "@mantine/core";
import { IconBuildingCommunity } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { signOut } from "~/session/leave";
import { EmptyState } from "~/ui/EmptyState";
import classes from "~/ui/Page.module.css";

export function NoOrganization() {
  const { t } = useTranslation();
  return (
    <main className={classes.window}>
      <EmptyState
        icon={IconBuildingCommunity}
        title={t("shell.noOrganization.title")}
        text={t("shell.noOrganization.text")}
      >
        <Button variant="default" onClick={signOut}>
          {t("shell.signOut")}
        </Button>
      </EmptyState>
    </main>
  );
}
