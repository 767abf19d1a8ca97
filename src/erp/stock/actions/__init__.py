"""What people do with stock, one subject a file.

Locks are taken in one order by all of them: closing, locations, products with their rules,
documents, reservations, balances by product and location (docs/decisions/0023).
"""
