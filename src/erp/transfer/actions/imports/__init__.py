"""Imports by file: read, mapped, checked, applied, undone."""
