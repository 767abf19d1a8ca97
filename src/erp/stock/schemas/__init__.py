"""What crosses the border about stock, one subject a file."""
