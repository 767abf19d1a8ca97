"""What transfer reads: imports by file, and what backups must hold."""
