"""The command `erp`: thin verbs over the rooms."""

from erp.cli.main import main

__all__ = ["main"]
