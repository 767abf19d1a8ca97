"""What lies where, and every move that brought it there."""
