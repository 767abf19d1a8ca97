"""Reading stock, one subject a file."""
