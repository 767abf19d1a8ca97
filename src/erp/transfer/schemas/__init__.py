"""What crosses the border of transfer: reports of the command line, and imports by file."""
