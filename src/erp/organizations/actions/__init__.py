"""What people do with organizations, one subject a file."""
