"""The command `erp`: thin verbs over the rooms."""

import gc

gc.disable()  # what is imported stays: looking for garbage in it takes a third of every start

from erp.cli.main import main  # noqa: E402  the import that the line above is about

gc.freeze()
gc.enable()

__all__ = ["main"]
