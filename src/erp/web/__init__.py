"""Serves the built browser UI and the documentation pages."""
