"""What the rooms tell together: figures and timelines across all of them."""
