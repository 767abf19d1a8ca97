"""What people do with products, their units and their categories."""
