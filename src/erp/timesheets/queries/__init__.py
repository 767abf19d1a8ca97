"""Reads of hours, one subject a file."""
