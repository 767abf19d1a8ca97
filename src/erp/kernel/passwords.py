"""Password hashes: argon2id, and the kinds that older systems left behind.

A hash rests beside its scheme, which says what argon2id was fed with: the password itself, its
SHA-256 in hex, or its HMAC with the pepper of that version. bcrypt hashes rest as they were made.
"""

import asyncio
import base64
import hashlib
import hmac
import os
import re
import secrets
import sys
import threading
import unicodedata
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import NamedTuple, TypeVar

import bcrypt
import structlog
from argon2 import PasswordHasher, extract_parameters
from argon2.exceptions import InvalidHashError, VerificationError

from erp.kernel.errors import Unavailable

log = structlog.get_logger()

R = TypeVar("R")
HASH_QUEUE = 100
HASH_NICENESS = 10  # on a busy machine a tenth of the share of a thread that serves requests
ARGON2ID, BCRYPT, WRAPPED = "argon2id", "bcrypt", "argon2id(sha256hex)"
BCRYPT_BYTES = 72  # what bcrypt looks at; its library raises above
# `$2x$` was made by a faulty library, and a cost above 15 takes seconds.
_BCRYPT = re.compile(r"\$2[aby]\$(0[4-9]|1[0-5])\$[./A-Za-z0-9]{53}")


class Hashed(NamedTuple):
    """A stored hash, and the scheme it was made by."""

    text: str
    scheme: str


def _step_back() -> None:
    """Let this thread yield the processor to those that serve requests: sign-ins can wait a little.

    Linux alone knows a niceness per thread (sched(7)); elsewhere a thread's number could be that of
    another process.
    """
    if sys.platform == "linux":
        thread = threading.get_native_id()
        niceness = os.getpriority(os.PRIO_PROCESS, thread) + HASH_NICENESS
        os.setpriority(os.PRIO_PROCESS, thread, min(niceness, 19))


class Passwords:
    """argon2id (RFC 9106) in threads of its own, so that hashing never holds the event loop."""

    def __init__(
        self, memory_kib: int, time_cost: int, pepper: str | None = None, *previous: str
    ) -> None:
        """Cost as configured; one lane. New hashes are made with `pepper`, if there is one."""
        self._hasher = PasswordHasher(time_cost=time_cost, memory_cost=memory_kib, parallelism=1)
        workers = max(1, (os.cpu_count() or 2) - 1)
        self._threads = ThreadPoolExecutor(workers, "argon2", initializer=_step_back)
        self._places = HASH_QUEUE + workers
        self._dummy = _unmatchable(memory_kib, time_cost)
        known = [pepper, *previous] if pepper else previous
        self._feeds: dict[str, Callable[[str], str]] = {ARGON2ID: str, WRAPPED: _sha256hex}
        self._feeds |= {_scheme_of(each): partial(_with_pepper, each) for each in known}
        self.scheme = _scheme_of(pepper) if pepper else ARGON2ID

    async def hash(self, password: str) -> Hashed:
        """A PHC string by the scheme of today."""
        fed = self._feeds[self.scheme](canonical(password))
        return Hashed(await self._run(lambda: self._hasher.hash(fed)), self.scheme)

    async def wrap(self, sha256hex: str) -> Hashed:
        """What may rest of an unsalted SHA-256 in hex: argon2id of it."""
        fed = sha256hex.lower()
        return Hashed(await self._run(lambda: self._hasher.hash(fed)), WRAPPED)

    async def verify(self, password: str, stored: Hashed | None) -> bool:
        """Always exactly one hash computation, also where there is nothing to compare with."""
        return await self._run(lambda: self._matches(canonical(password), stored))

    def can_read(self, stored: Hashed) -> bool:
        """Whether the stored hash is of a kind that can be verified at all."""
        if stored.scheme == BCRYPT:
            return is_bcrypt(stored.text)
        try:
            return stored.scheme in self._feeds and extract_parameters(stored.text) is not None
        except ValueError:
            return False

    async def renew(self, password: str, stored: Hashed) -> Hashed:
        """A hash of today's kind; the stored one while it is that, or while none can be made."""
        if stored.scheme == self.scheme and not self._hasher.check_needs_rehash(stored.text):
            return stored
        try:
            return await self.hash(password)
        except Exception:
            log.exception("password.not_rehashed")
            return stored

    def _matches(self, password: str, stored: Hashed | None) -> bool:
        if stored is None or not self.can_read(stored):
            self._verify(self._dummy, password)
            return False
        if stored.scheme == BCRYPT:
            return bcrypt.checkpw(password.encode()[:BCRYPT_BYTES], stored.text.encode())
        return self._verify(stored.text, self._feeds[stored.scheme](password))

    def _verify(self, phc: str, fed: str) -> bool:
        try:
            return self._hasher.verify(phc, fed)
        except (VerificationError, InvalidHashError):
            return False

    async def _run(self, work: Callable[[], R]) -> R:
        if self._places <= 0:
            raise Unavailable("Too many people are signing in at once; try again", retry_after=2)
        self._places -= 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._threads, work)
        finally:
            self._places += 1

    def close(self) -> None:
        """End the threads."""
        self._threads.shutdown(wait=False)


def is_bcrypt(text: str) -> bool:
    """Whether this is a bcrypt hash that can be verified in reasonable time."""
    return _BCRYPT.fullmatch(text) is not None


def canonical(password: str) -> str:
    """NFKC, so that two ways to type a character are one password (NIST SP 800-63B)."""
    return unicodedata.normalize("NFKC", password)


def _unmatchable(memory_kib: int, time_cost: int) -> str:
    """A PHC string of the given cost that no password fits, for accounts that have none."""
    parts = [base64.b64encode(secrets.token_bytes(size)).rstrip(b"=") for size in (16, 32)]
    salt, tag = (part.decode() for part in parts)
    return f"$argon2id$v=19$m={memory_kib},t={time_cost},p=1${salt}${tag}"


def _scheme_of(pepper: str) -> str:
    """Names the pepper by the start of its digest, as keys are named, and does not tell it."""
    version = hashlib.sha256(b"pepper" + pepper.encode()).hexdigest()[:8]
    return f"argon2id(hmac:{version})"


def _with_pepper(pepper: str, password: str) -> str:
    return hmac.digest(pepper.encode(), password.encode(), "sha256").hex()


def _sha256hex(password: str) -> str:
    return hashlib.sha256(password.encode()).hexdigest()
