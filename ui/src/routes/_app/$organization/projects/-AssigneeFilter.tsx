import { useTranslation } from "react-i18next";
import { FilterMenu } from "~/ui/FilterMenu";
import { optionsOf, type Person, usePeople } from "~/ui/people";
import { useMayTasks } from "./-task-state";

type AssigneeFilterProps = {
  team: Person[];
  value: string | undefined;
  onChange: (value: string | undefined) => void;
};

/** Whose tasks: mine, nobody's, or those of somebody in the team. */
export function AssigneeFilter({ team, value, onChange }: AssigneeFilterProps) {
  const { t } = useTranslation();
  const { isMe } = useMayTasks();
  const chosen = usePeople().filter(({ id }) => id === value && !team.some((each) => each.id === id));
  const others = [...team, ...chosen].filter((each) => !isMe(each) || each.id === value);
  const options = [
    { value: "me", label: t("tasks.me") },
    { value: "nobody", label: t("tasks.nobody") },
    ...optionsOf(others),
  ];
  return <FilterMenu label={t("tasks.assignee")} value={value} options={options} onChange={onChange} />;
}
