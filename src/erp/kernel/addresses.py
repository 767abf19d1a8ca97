"""Addresses of other machines, as settings give them."""

from urllib.parse import urlsplit

from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

LOOPBACK = ("127.0.0.1", "::1", "localhost")
DRIVERS = {
    "sqlite": "sqlite+inline",
    "postgresql": "postgresql+psycopg",
    "postgres": "postgresql+psycopg",
}


def database_address(address: str, name: str) -> URL:
    """Map every usual spelling of a database address to the drivers of the product.

    Raises `ValueError` that names the setting and never shows a part of the address.
    """
    try:
        url = make_url(address)
    except (ArgumentError, ValueError):
        raise ValueError(f"{name} is not a database address") from None
    backend = url.get_backend_name()
    if backend not in DRIVERS:
        raise ValueError(f"{name} names {backend!r}; use sqlite or postgresql")
    return url.set(drivername=DRIVERS[backend])


def ensure_callable(address: str, *, is_production: bool) -> None:
    """Passwords travel there: https, or this very machine while nothing is at stake."""
    parts = urlsplit(address)
    is_here = parts.scheme == "http" and parts.hostname in LOOPBACK and not is_production
    if not parts.hostname or not (parts.scheme == "https" or is_here):
        raise ValueError("ACE_API_URL and ACE_PROJECTS_URL must be https addresses")
    if "@" in parts.netloc or parts.fragment or parts.port == 0:
        raise ValueError("ACE_API_URL and ACE_PROJECTS_URL hold no password and no fragment")
