/** Roles from the one that may least, and how a membership can stand. */
export const ROLES = ["user", "manager", "admin"] as const;
export type Role = (typeof ROLES)[number];
export const STATUSES = ["active", "suspended", "removed"] as const;
export type Status = (typeof STATUSES)[number];
