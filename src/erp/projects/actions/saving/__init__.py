"""Saving what another system knows, all at once: read, decided in memory, and then written."""
