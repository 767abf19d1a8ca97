"""What the rooms tell together: reads alone."""
