"""What happened: one row per change, in the same transaction, never altered."""
