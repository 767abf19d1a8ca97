"""What people do with customers: keep them, their contacts and addresses, and merge twins."""
