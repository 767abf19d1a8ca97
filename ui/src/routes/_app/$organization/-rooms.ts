import { IconAddressBook, IconBox, IconHome } from "@tabler/icons-react";

/** The rooms one can go to, in the order of the navigation. */
export const rooms = [
  { id: "home", path: "", icon: IconHome, keys: "g h", needs: null },
  { id: "customers", path: "/customers", icon: IconAddressBook, keys: "g c", needs: "customers:read" },
  { id: "products", path: "/products", icon: IconBox, keys: "g p", needs: "products:read" },
] as const;
