import { createFileRoute } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { useWorkspace } from "~/session/workspace";
import { Page } from "~/ui/Page";
import classes from "~/ui/Page.module.css";
import { Panels } from "~/ui/Panel";
import { RecordQuery } from "~/ui/RecordQuery";
import { requireRight } from "../-place";
import { ClosingForm } from "./-ClosingForm";

export const Route = createFileRoute("/_app/$organization/admin/closing")({
  beforeLoad: ({ context }) => requireRight(context.membership, "stock:close"),
  component: Closing,
});

/** Up to which day the books are closed. */
function Closing() {
  const { t } = useTranslation();
  const { $api } = useWorkspace();
  const stock = $api.useQuery("get", "/api/stock/close");
  const hours = $api.useQuery("get", "/api/timesheets/close");
  return (
    <Page title={t("organizations.closing.title")}>
      <p className={`${classes.lead} ${classes.inset}`}>{t("organizations.closing.lead")}</p>
      <Panels>
        <RecordQuery query={stock}>
          {({ closed_until }) => (
            <ClosingForm key={closed_until} books="stock" path="/api/stock/close" until={closed_until} />
          )}
        </RecordQuery>
        <RecordQuery query={hours}>
          {({ closed_until }) => (
            <ClosingForm key={closed_until} books="hours" path="/api/timesheets/close" until={closed_until} />
          )}
        </RecordQuery>
      </Panels>
    </Page>
  );
}
