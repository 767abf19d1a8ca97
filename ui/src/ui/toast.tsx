import { Button, Group, Text } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { problemOf } from "~/api/problem";
import { i18next } from "~/i18n";
import { sentenceOf } from "./problems";

type Action = { label: string; run: () => void };

const closeButton = () => ({ "aria-label": i18next.t("common.close") });

/** Say that something happened whose result is not in sight; the action may lead to it or take it back. */
export function say(message: string, action?: Action, autoClose = action ? 8000 : 4000) {
  const id = notifications.show({
    autoClose,
    withBorder: true,
    radius: "md",
    closeButtonProps: closeButton(),
    message: (
      <Group justify="space-between" wrap="nowrap" gap="md">
        <Text size="sm">{message}</Text>
        {action && (
          <Button
            size="compact-sm"
            variant="subtle"
            onClick={() => {
              notifications.hide(id);
              action.run();
            }}
          >
            {action.label}
          </Button>
        )}
      </Group>
    ),
  });
}

export function sayDone(message: string, undo: () => void) {
  say(message, { label: i18next.t("common.undo"), run: undo });
}

/** For failures that belong to no field and no page; the request id leads to the server's log. */
export function sayProblem(error: unknown, retry?: () => void) {
  const problem = problemOf(error);
  if (problem.status === 401) return;
  const reference = problem.requestId && problem.isPassing ? ` (${problem.requestId})` : "";
  const action = retry && problem.isPassing ? { label: i18next.t("common.retry"), run: retry } : undefined;
  say(sentenceOf(problem) + reference, action, 10_000);
}
