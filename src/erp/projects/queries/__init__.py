"""Reads about projects, tasks and boards."""
