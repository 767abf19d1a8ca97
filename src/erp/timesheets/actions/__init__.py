"""What people do with hours, one subject a file."""
