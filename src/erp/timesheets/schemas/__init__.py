"""What crosses the border about hours, one subject a file."""
