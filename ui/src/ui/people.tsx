import { Avatar, MultiSelect, type MultiSelectProps, Select, type SelectProps, Tooltip } from "@mantine/core";
import type { components } from "~/api/schema.gen";
import { useWorkspace } from "~/session/workspace";
import { initials } from "./format";

export type Person = components["schemas"]["PersonOut"];

/** Everybody at work here, and those a record names although they left. */
export function usePeople(named: (Person | null)[] = []): Person[] {
  const { $api } = useWorkspace();
  const { data } = $api.useQuery("get", "/api/people", {}, { staleTime: 120_000 });
  const people = data?.items ?? [];
  const left = named.filter((one) => one !== null && !people.some(({ id }) => id === one.id)) as Person[];
  return [...people, ...left];
}

/** Names say who it is; two of the same name are told apart by their numbers. */
export function optionsOf(people: Person[]) {
  const times = (name: string) => people.filter((each) => each.name === name).length;
  return people.map(({ id, name, number }) => ({
    value: id,
    label: times(name) > 1 ? `${name} · #${number}` : name,
  }));
}

export function PersonSelect({ named, ...rest }: SelectProps & { named: Person | null }) {
  return <Select searchable clearable allowDeselect {...rest} data={optionsOf(usePeople([named]))} />;
}

export function PeopleSelect({ named, ...rest }: MultiSelectProps & { named: Person[] }) {
  return <MultiSelect searchable {...rest} data={optionsOf(usePeople(named))} />;
}

const MOST = 3;

/** Who is meant, as small as it gets; the names are read out and show on hover. */
export function Avatars({ people }: { people: Person[] }) {
  if (people.length === 0) return null;
  const names = people.map(({ name }) => name).join(", ");
  const shown = people.slice(0, people.length > MOST ? MOST - 1 : MOST);
  return (
    <Tooltip label={names}>
      <Avatar.Group spacing={6} role="img" aria-label={names} w="max-content">
        {shown.map(({ id, name }) => (
          <Avatar key={id} size={24} radius="xl" color="gray" variant="light" className="face">
            {initials(name)}
          </Avatar>
        ))}
        {people.length > shown.length && (
          <Avatar size={24} radius="xl" color="gray" variant="light" className="face">
            +{people.length - shown.length}
          </Avatar>
        )}
      </Avatar.Group>
    </Tooltip>
  );
}
