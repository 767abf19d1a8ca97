"""Keys and tokens. The only place that decodes a JWT."""

import base64
import hashlib
import hmac
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any, Literal

import jwt
from cryptography import fernet
from cryptography.fernet import Fernet, MultiFernet

ISSUER = "cloud-erp-lite"
ALGORITHM = "HS256"
LEEWAY_SECONDS = 30
TOKEN_LIMIT = 4096
SEEN_TOKENS = 2048
MOST_GENERATIONS = 2**63
REQUIRED = ["exp", "iat", "iss", "aud", "sub", "sid", "jti", "type"]

TokenType = Literal["access", "refresh"]
HEADER_TYPE = {"access": "at+jwt", "refresh": "rt+jwt"}
AUDIENCE = {"access": "erp-api", "refresh": "erp-auth"}


class InvalidToken(Exception):
    """The token is not one of ours, or was changed."""


class ExpiredToken(InvalidToken):
    """The token was ours and its time is over."""


@dataclass(frozen=True, slots=True)
class SigningKey:
    """One master key and the name that stands in the `kid` of its tokens."""

    kid: str
    master: bytes

    def derive(self, purpose: str) -> bytes:
        """A 32 byte key for one purpose: HKDF-SHA256 with one block (RFC 5869)."""
        extracted = hmac.digest(b"cloud-erp-lite", self.master, "sha256")
        return hmac.digest(extracted, purpose.encode() + b"\x01", "sha256")


class KeyRing:
    """The newest key signs, all keys verify."""

    def __init__(self, secret: str, *previous: str) -> None:
        """`secret` is the newest master key; without any, a random one for this process."""
        masters = [secret or secrets.token_urlsafe(32), *previous]
        self.keys = [SigningKey(_digest(master)[:8], master.encode()) for master in masters]
        self._derived = {
            (key.kid, kind): key.derive(kind) for key in self.keys for kind in HEADER_TYPE
        }
        self._genuine = lru_cache(SEEN_TOKENS)(self._read)  # refused tokens are not kept

    def sign(self, kind: TokenType, claims: dict[str, Any]) -> str:
        """A JWT whose bytes depend on nothing but the claims."""
        newest = self.keys[0]
        body = {"iss": ISSUER, "aud": AUDIENCE[kind], "type": kind, **claims}
        headers = {"typ": HEADER_TYPE[kind], "kid": newest.kid}
        return jwt.encode(body, self._derived[newest.kid, kind], ALGORITHM, headers=headers)

    def verify(self, kind: TokenType, token: str, now: float) -> dict[str, Any]:
        """The claims. Raises `InvalidToken`, or `ExpiredToken` for a genuine old one."""
        if len(token) > TOKEN_LIMIT:
            raise InvalidToken
        claims = dict(self._genuine(kind, token))
        if claims["exp"] + LEEWAY_SECONDS <= now:
            raise ExpiredToken
        if claims["iat"] > now + LEEWAY_SECONDS:
            raise InvalidToken
        return claims

    def _read(self, kind: TokenType, token: str) -> Mapping[str, Any]:
        """The claims of a token we signed, of whatever time: what never changes about it."""
        try:
            header = jwt.get_unverified_header(token)
            key = self._derived.get((str(header.get("kid")), kind))
            if key is None or header.get("typ") != HEADER_TYPE[kind] or set(header) != HEADERS:
                raise InvalidToken
            claims = _decode(token, key, kind)
        except (jwt.PyJWTError, ValueError, TypeError) as error:
            raise InvalidToken from error
        _ensure_well_formed(claims, kind)
        return claims

    @cached_property
    def _csrf_keys(self) -> list[bytes]:
        return [key.derive("csrf") for key in self.keys]

    @cached_property
    def subject_key(self) -> bytes:
        """Hides the subjects of throttles in the database."""
        return self.keys[0].derive("throttle")

    @cached_property
    def code_key(self) -> bytes:
        """The pepper of one-time codes."""
        return self.keys[0].derive("code")

    @cached_property
    def _seals(self) -> MultiFernet:
        keys = [base64.urlsafe_b64encode(key.derive("seal")) for key in self.keys]
        return MultiFernet([Fernet(key) for key in keys])

    def seal(self, values: dict[str, Any]) -> str:
        """Values as text that only this product can read: for codes and links on their way."""
        return self._seals.encrypt(json.dumps(values).encode()).decode()

    def unseal(self, sealed: str) -> dict[str, Any]:
        """What was sealed. Raises `InvalidToken` if the keys are gone."""
        try:
            values: dict[str, Any] = json.loads(self._seals.decrypt(sealed.encode()))
        except fernet.InvalidToken:
            raise InvalidToken from None
        return values

    def make_csrf_token(self, session_id: object) -> str:
        """A token bound to the session: `HMAC(session, nonce).nonce`."""
        nonce = secrets.token_urlsafe(16)
        return f"{_csrf_mac(self._csrf_keys[0], session_id, nonce)}.{nonce}"

    def is_csrf_token(self, token: str, session_id: object) -> bool:
        """Whether the token was made for this session."""
        mac, _, nonce = token.partition(".")
        return any(is_same(mac, _csrf_mac(key, session_id, nonce)) for key in self._csrf_keys)

    def stamp(self, purpose: str, text: str) -> str:
        """The text with a seal that everybody can read and only this product can make."""
        return f"{text}.{_stamp_mac(self.keys[0], purpose, text)}"

    def read_stamped(self, purpose: str, stamped: str) -> str | None:
        """The text, if it was stamped here for this purpose."""
        text, _, mac = stamped.rpartition(".")
        known = (_stamp_mac(key, purpose, text) for key in self.keys)
        return text if any(is_same(mac, each) for each in known) else None

    def hide(self, subject: str) -> str:
        """A keyed digest that finds a subject again and does not tell it."""
        return hmac.digest(self.subject_key, subject.encode("utf-8", "replace"), "sha256").hex()


HEADERS = {"alg", "typ", "kid"}


def _decode(token: str, key: bytes, kind: TokenType) -> dict[str, Any]:
    claims: dict[str, Any] = jwt.decode(
        token,
        key,
        algorithms=[ALGORITHM],
        audience=AUDIENCE[kind],
        issuer=ISSUER,
        options={"require": REQUIRED, "verify_exp": False, "verify_iat": False},
    )
    return claims


def _ensure_well_formed(claims: dict[str, Any], kind: TokenType) -> None:
    words = all(isinstance(claims[name], str) for name in ("sub", "sid", "jti"))
    times = all(type(claims[name]) is int for name in ("exp", "iat"))
    counts = type(claims.get("gen")) is int and 0 <= claims["gen"] < MOST_GENERATIONS
    if claims["type"] != kind or not words or not times or not counts:
        raise InvalidToken


def _stamp_mac(key: SigningKey, purpose: str, text: str) -> str:
    return hmac.digest(key.derive(purpose), text.encode("utf-8", "replace"), "sha256").hex()


def _csrf_mac(key: bytes, session_id: object, nonce: str) -> str:
    return hmac.digest(key, f"{session_id}.{nonce}".encode("utf-8", "replace"), "sha256").hex()


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def is_same(one: str, other: str) -> bool:
    """Whether two texts are equal, compared as bytes in a time that tells nothing."""
    return hmac.compare_digest(one.encode("utf-8", "replace"), other.encode("utf-8", "replace"))


def make_token() -> str:
    """32 random bytes as base64url text, for links and bindings."""
    return secrets.token_urlsafe(32)


def digest(token: str) -> str:
    """What is stored of a token: its SHA-256 in hex, enough for 112 and more random bits."""
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()
