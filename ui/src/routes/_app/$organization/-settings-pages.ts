import {
  IconAddressBook,
  IconAdjustmentsHorizontal,
  IconBuilding,
  IconFileImport,
  IconHistory,
  IconKey,
  IconLock,
  IconSend,
  IconShieldLock,
  IconTableOptions,
  IconUser,
  IconUsers,
} from "@tabler/icons-react";

/** Screens about oneself, and about the organization for those who may. */
export const settingsPages = {
  me: [
    { id: "profile", path: "/me/profile", icon: IconUser },
    { id: "security", path: "/me/security", icon: IconShieldLock },
    { id: "keys", path: "/me/keys", icon: IconKey },
    { id: "preferences", path: "/me/preferences", icon: IconAdjustmentsHorizontal },
  ],
  admin: [
    { id: "members", path: "/admin/members", icon: IconUsers, needs: "members:read" },
    { id: "roles", path: "/admin/roles", icon: IconTableOptions, needs: "members:read" },
    { id: "settings", path: "/admin/settings", icon: IconBuilding, needs: "organization:write" },
    { id: "directory", path: "/admin/directory", icon: IconAddressBook, needs: "directory:read" },
    { id: "closing", path: "/admin/closing", icon: IconLock, needs: "stock:close" },
    { id: "outbox", path: "/admin/outbox", icon: IconSend, needs: "outbox:read" },
    { id: "import", path: "/admin/import", icon: IconFileImport, needs: "imports:run" },
    { id: "audit", path: "/admin/audit", icon: IconHistory, needs: "audit:read" },
  ],
} as const;
