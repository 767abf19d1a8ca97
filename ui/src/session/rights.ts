import { useTranslation } from "react-i18next";

/** Names of permissions and their rooms; one without a name yet keeps the server's word. */
export function useRights() {
  const { t } = useTranslation();
  const named = (key: string, otherwise: string) =>
    t(`organizations.rights.${key}` as never, { defaultValue: otherwise } as never) as unknown as string;
  const split = (right: string) => right.split(":") as [string, string];
  return {
    roomOf: (right: string) => split(right)[0],
    nameOfRoom: (room: string) => named(`${room}.room`, room),
    nameOf: (right: string) => named(split(right).join("."), right),
  };
}
