"""Backups of the whole database: taken, proved and put back; one file for each kind of database."""
