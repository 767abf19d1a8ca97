// What addresses may say. Routes read it at the start, so that nothing of a screen is loaded with it.

/** Roles from the one that may least, and how a membership can stand. */
export const ROLES = ["user", "manager", "admin"] as const;
export type Role = (typeof ROLES)[number];
export const STATUSES = ["active", "suspended", "removed"] as const;
export type Status = (typeof STATUSES)[number];

/** Both trails, how a job stands, what can be imported, and what becomes of a row. */
export const TRAILS = ["changes", "security"] as const;
export const STATES = ["waiting", "dead", "done"] as const;
export type State = (typeof STATES)[number];
export const KINDS = ["products", "customers", "stock"] as const;
export const OUTCOMES = ["create", "change", "skip", "error"] as const;
export type Outcome = (typeof OUTCOMES)[number];
