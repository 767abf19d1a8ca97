"""What we work on: projects, their teams, tasks and who does them."""
