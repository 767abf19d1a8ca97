"""Whom you work for: organizations, members, roles and what each role may do."""
