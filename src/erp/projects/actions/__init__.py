"""What people do with projects and tasks."""
