import { Button } from "@mantine/core";
import { useNetwork } from "@mantine/hooks";
import { IconRefresh, IconWifiOff } from "@tabler/icons-react";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import classes from "./shell.module.css";

/** Above every screen: no network, or a newer version on the server. */
export function Banners() {
  const { t } = useTranslation();
  const { online } = useNetwork();
  const [isOld, setIsOld] = useState(false);
  useEffect(() => {
    const note = () => setIsOld(true);
    addEventListener("new-version", note);
    return () => removeEventListener("new-version", note);
  }, []);
  return (
    <>
      {!online && (
        <div role="status" className={classes.banner}>
          <IconWifiOff size={16} aria-hidden /> {t("shell.offline")}
        </div>
      )}
      {isOld && (
        <div role="status" className={classes.banner}>
          {t("shell.newVersion")}
          <Button
            size="compact-xs"
            variant="subtle"
            leftSection={<IconRefresh size={14} />}
            onClick={() => location.reload()}
          >
            {t("shell.reload")}
          </Button>
        </div>
      )}
    </>
  );
}
