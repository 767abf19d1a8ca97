import {
  IconAddressBook,
  IconBox,
  IconBuildingWarehouse,
  IconClock,
  IconHome,
  IconLayoutKanban,
  IconSettings,
} from "@tabler/icons-react";
import { useWorkspace } from "~/session/workspace";

/** The rooms one can go to, in the order of the navigation. */
export const rooms = [
  { id: "home", path: "", icon: IconHome, keys: "g h", needs: null },
  { id: "customers", path: "/customers", icon: IconAddressBook, keys: "g c", needs: "customers:read" },
  { id: "products", path: "/products", icon: IconBox, keys: "g p", needs: "products:read" },
  { id: "stock", path: "/stock", icon: IconBuildingWarehouse, keys: "g s", needs: "stock:read" },
  { id: "projects", path: "/projects", icon: IconLayoutKanban, keys: "g j", needs: "projects:read" },
  { id: "timesheets", path: "/timesheets", icon: IconClock, keys: "g t", needs: "time:read" },
  { id: "admin", path: "/admin", icon: IconSettings, keys: "g a", needs: "members:read" },
] as const;

/** Those that one's role includes, with their addresses. */
export function useRooms() {
  const { at, can } = useWorkspace();
  return rooms
    .filter(({ needs }) => !needs || can(needs))
    .map(({ id, path, icon, keys }) => ({ id, to: at(path), icon, keys, isExact: path === "" }));
}
