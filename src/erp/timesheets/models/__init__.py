"""The tables of timesheets and the rules about one record, one subject a file."""
