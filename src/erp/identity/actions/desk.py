"""What sign-in works with in this process: keys, hasher, database, settings, and who is asking."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from erp.identity.actions.pacing import Pace
from erp.identity.directory.ace import AceDirectory
from erp.identity.directory.provider import Provider
from erp.kernel.crypto import KeyRing
from erp.kernel.db import Database
from erp.kernel.outbound import Outbound
from erp.kernel.passwords import Passwords
from erp.kernel.settings import Settings

BROWSERS = ("Edg", "OPR", "Firefox", "Chrome", "Safari")
BROWSER_NAMES = {"Edg": "Edge", "OPR": "Opera"}
SYSTEMS = {
    "Windows": "Windows",
    "Android": "Android",
    "iPhone": "iPhone",
    "iPad": "iPad",
    "Mac OS": "macOS",
    "Linux": "Linux",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Habits:
    """What an older API does differently at its own door.

    `client` names its sessions. `has_plain_cookies` leaves the names of cookies without `__Host-`,
    where its pages read them. `handed_passwords` is how long a password that an administrator
    handed out signs in; elsewhere its owner must set another one first. `has_fixed_tokens` leaves
    each session the one refresh token it began with.
    """

    client: str | None = None
    has_plain_cookies: bool = False
    handed_passwords: timedelta = timedelta(0)
    has_fixed_tokens: bool = False


NO_HABITS = Habits()


@dataclass(frozen=True, slots=True)
class Desk:
    """The parts of the process that identity needs; made once at start."""

    settings: Settings
    database: Database
    keys: KeyRing
    passwords: Passwords
    directories: Mapping[str, Provider]
    pace: Pace
    habits: Habits = NO_HABITS

    def now(self) -> datetime:
        """The present instant."""
        return self.database.clock()


@dataclass(frozen=True, slots=True)
class Visitor:
    """Where a request comes from."""

    ip: str
    user_agent: str | None
    request_id: str
    client: str = "api"
    device_cookie: str | None = None

    @property
    def device_label(self) -> str:
        """The device's name."""
        return device_label(self.user_agent)


def device_label(user_agent: str | None) -> str:
    """A name a person recognizes: `Firefox on Windows`; the program's own name otherwise."""
    agent = user_agent or ""
    browser = next((name for name in BROWSERS if f"{name}/" in agent), None)
    system = next((shown for word, shown in SYSTEMS.items() if word in agent), None)
    if browser and system:
        return f"{BROWSER_NAMES.get(browser, browser)} on {system}"
    return re.split(r"[/ ]", agent)[0][:40] or "Unknown device"


def open_desk(settings: Settings, database: Database) -> Desk:
    """Build the desk of one process."""
    previous = [key.get_secret_value() for key in settings.previous_secret_keys]
    return Desk(
        settings,
        database,
        KeyRing(settings.secret_key.get_secret_value(), *previous),
        _make_hasher(settings),
        _open_directories(settings, database),
        Pace(settings.api_requests_per_minute, settings.api_burst),
    )


def _open_directories(settings: Settings, database: Database) -> dict[str, Provider]:
    """The directories that the settings name, by the name that connections call them."""
    if not settings.ace_api_url:
        return {}
    outbound = Outbound((settings.ace_api_url, settings.ace_projects), database.clock)
    return {"ace": AceDirectory(settings, outbound)}


def _make_hasher(settings: Settings) -> Passwords:
    cost = (settings.password_memory_kib, settings.password_time_cost)
    pepper = settings.password_pepper
    previous = [each.get_secret_value() for each in settings.previous_password_peppers]
    return Passwords(*cost, pepper.get_secret_value() if pepper else None, *previous)
