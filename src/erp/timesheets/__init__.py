"""Hours: the timer, entries, weekly sheets and their approval."""
