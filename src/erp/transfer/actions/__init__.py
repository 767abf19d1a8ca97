"""What can be moved in: one file for each older system."""
