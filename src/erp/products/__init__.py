"""What we sell: goods and services, with unit and price."""
