"""What crosses the border about projects, their tasks and what is said about them."""
