import { ActionIcon, Button, Popover, Tooltip, UnstyledButton } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconPlayerPlay, IconPlayerStopFilled } from "@tabler/icons-react";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { useCommands } from "~/ui/commands";
import { clock } from "~/ui/duration";
import { Keys } from "~/ui/Keys";
import { type Entry, nameOf, subjectOf } from "~/ui/time/entries";
import classes from "~/ui/time/time.module.css";
import { useTimer, useTimerActions } from "~/ui/time/timer";
import { titleClock } from "~/ui/title";
import { ForgottenTimer } from "./-ForgottenTimer";
import { RunningForm } from "./-RunningForm";
import { StartForm } from "./-StartForm";

/** What runs, on every screen; behind it, what to do about it. */
export function Timer({ isPhone }: { isPhone: boolean }) {
  const { t } = useTranslation();
  const { running, isKnown, ahead } = useTimer();
  const { stop } = useTimerActions();
  const [opened, { open, close, toggle }] = useDisclosure(false);
  const isRunning = running !== null;
  useCommands(
    () => [
      {
        id: "timer",
        group: "app",
        keys: "s",
        label: t(isRunning ? "timesheets.timer.stop" : "timesheets.timer.start"),
        run: () => (isRunning ? stop() : open()),
      },
    ],
    [t, isRunning],
  );
  if (!isKnown) return null;
  return (
    <div className={classes.timer} data-running={isRunning || undefined}>
      <Popover
        opened={opened}
        onChange={(open) => !open && close()}
        width={400}
        position="bottom-start"
        trapFocus
        shadow="lg"
        radius="md"
      >
        <Popover.Target>
          {running ? (
            <UnstyledButton className={classes.running} onClick={toggle}>
              <span className={classes.pulse} aria-hidden />
              <Clock entry={running} ahead={ahead} />
              {!isPhone && <Words entry={running} />}
            </UnstyledButton>
          ) : isPhone ? (
            <ActionIcon size={40} aria-label={t("timesheets.timer.start")} onClick={toggle}>
              <IconPlayerPlay size={20} />
            </ActionIcon>
          ) : (
            <Button
              size="compact-sm"
              variant="subtle"
              color="gray"
              className={classes.start}
              leftSection={<IconPlayerPlay size={16} />}
              rightSection={<Keys keys="s" />}
              onClick={toggle}
            >
              {t("timesheets.timer.start")}
            </Button>
          )}
        </Popover.Target>
        <Popover.Dropdown p={0} maw="calc(100vw - 16px)" aria-label={t("timesheets.timer.title")}>
          {running ? (
            <RunningForm key={running.id + running.version} entry={running} close={close} />
          ) : (
            <StartForm close={close} />
          )}
        </Popover.Dropdown>
      </Popover>
      {running && (
        <Tooltip label={t("timesheets.timer.stop")}>
          <ActionIcon
            variant="filled"
            color="red.8"
            size={isPhone ? 36 : 28}
            radius="xl"
            aria-label={t("timesheets.timer.stop")}
            onClick={() => stop()}
          >
            <IconPlayerStopFilled size={14} />
          </ActionIcon>
        </Tooltip>
      )}
      {running && <ForgottenTimer key={running.id} entry={running} ahead={ahead} />}
    </div>
  );
}

function Words({ entry }: { entry: Entry }) {
  const [name, subject] = [nameOf(entry), subjectOf(entry)];
  return (
    <span className={classes.words}>
      <b>{name}</b>
      {name !== subject && <span>{subject}</span>}
    </span>
  );
}

/** The only part that changes each second; the tab's title changes with it. */
function Clock({ entry, ahead }: { entry: Entry; ahead: number }) {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    const interval = setInterval(() => setNow(Date.now()), 1000);
    return () => clearInterval(interval);
  }, []);
  const text = clock((now + ahead - Date.parse(entry.started_at ?? "")) / 1000);
  const name = nameOf(entry);
  useEffect(() => titleClock(`${text} ${name}`), [text, name]);
  useEffect(() => () => titleClock(""), []);
  return (
    <time className={classes.clock} role="timer">
      {text}
    </time>
  );
}
