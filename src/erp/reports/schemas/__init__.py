"""What crosses the border about timelines and reports."""
