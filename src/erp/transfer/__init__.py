"""Moving in: what older systems kept becomes records here, in one transaction."""
