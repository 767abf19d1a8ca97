"""What every room stands on: database, border, errors, jobs. Knows no business noun."""
