"""Whom we sell to: customers with their contacts and addresses."""
