"""Tokens that are not ours, or were ours and were bent, open nothing."""

import base64
import hashlib
import hmac
import json
from uuid import uuid4

import pytest
from fastapi import FastAPI

from erp.kernel.crypto import KeyRing
from tests.identity.making import (
    claims_of,
    refresh,
    session_id_of,
    session_of,
)
from tests.making import SECRET, Person, make_client

pytestmark = pytest.mark.anyio

RING = KeyRing(SECRET)
KID = RING.keys[0].kid
HEADER = {"alg": "HS256", "typ": "at+jwt", "kid": KID}
HASHES = {"HS256": hashlib.sha256, "HS384": hashlib.sha384, "HS512": hashlib.sha512}


def encode(value) -> str:
    raw = value if isinstance(value, bytes) else json.dumps(value).encode()
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def key_for(purpose: str) -> bytes:
    return RING.keys[0].derive(purpose)


def forge(header: dict, claims, key: bytes | None = None, algorithm: str = "HS256") -> str:
    """A token made by hand, signed with the right key unless told otherwise."""
    signed = f"{encode(header)}.{encode(claims)}"
    mac = hmac.digest(key_for("access") if key is None else key, signed.encode(), HASHES[algorithm])
    return f"{signed}.{encode(mac)}"


def without(fields: dict, name: str) -> dict:
    return {key: value for key, value in fields.items() if key != name}


def flip(token: str) -> str:
    return token[:-2] + ("A" if token[-2] != "A" else "B") + token[-1]


BENT = {
    **{
        f"alg {alg!r} unsigned": lambda claims, alg=alg: (
            f"{encode(HEADER | {'alg': alg})}.{encode(claims)}."
        )
        for alg in ("none", "None", "NONE", "nOnE", "", "HS256")
    },
    **{
        f"alg {alg!r} signed": lambda claims, alg=alg: forge(HEADER | {"alg": alg}, claims)
        for alg in ("none", "RS256", "ES256", "EdDSA", "hs256", None, 256)
    },
    **{
        f"alg {alg} truly": lambda claims, alg=alg: forge(HEADER | {"alg": alg}, claims, None, alg)
        for alg in ("HS384", "HS512")
    },
    "no alg": lambda claims: forge(without(HEADER, "alg"), claims),
    **{
        f"kid {kid!r}": lambda claims, kid=kid: forge(HEADER | {"kid": kid}, claims)
        for kid in ("deadbeef", "", "../../dev/null", "' OR 1=1", 7, None, [KID])
    },
    "no kid": lambda claims: forge(without(HEADER, "kid"), claims),
    **{
        f"header {name}": lambda claims, name=name, value=value: forge(
            HEADER | {name: value}, claims
        )
        for name, value in {
            "jku": "https://evil.example/keys",
            "jwk": {"kty": "oct", "k": encode(b"x" * 32)},
            "x5u": "https://evil.example/cert",
            "x5c": ["MIIB"],
            "crit": ["exp"],
            "b64": False,
            "zip": "DEF",
            "cty": "JWT",
        }.items()
    },
    **{
        f"typ {typ!r}": lambda claims, typ=typ: forge(HEADER | {"typ": typ}, claims)
        for typ in ("JWT", "rt+jwt", "AT+JWT", "", None)
    },
    "no typ": lambda claims: forge(without(HEADER, "typ"), claims),
    **{
        f"key of {purpose}": lambda claims, purpose=purpose: forge(HEADER, claims, key_for(purpose))
        for purpose in ("refresh", "csrf", "throttle")
    },
    "master key": lambda claims: forge(HEADER, claims, SECRET.encode()),
    "empty key": lambda claims: forge(HEADER, claims, b""),
    "no signature": lambda claims: forge(HEADER, claims).rpartition(".")[0],
    "empty signature": lambda claims: forge(HEADER, claims).rpartition(".")[0] + ".",
    "flipped bit": lambda claims: flip(forge(HEADER, claims)),
    "cut signature": lambda claims: forge(HEADER, claims)[:-8],
    "trailing bytes": lambda claims: forge(HEADER, claims) + "AAAA",
    "trailing part": lambda claims: forge(HEADER, claims) + ".AAAA",
    "five parts": lambda claims: f"{encode(HEADER)}....{encode(claims)}",
    "too long": lambda claims: forge(HEADER, claims | {"pad": "x" * 4096}),
    "a list of claims": lambda claims: forge(HEADER, [claims]),
    "claims that are no JSON": lambda _claims: forge(HEADER, b"{"),
    "nothing": lambda _claims: "",
    "dots": lambda _claims: "..",
    "no token": lambda _claims: "garbage",
}
WRONG_CLAIMS = [
    *({"drop": name} for name in ("iss", "aud", "exp", "iat", "sub", "sid", "jti", "type", "gen")),
    *({"iss": value} for value in ("cloud-erp", "cloud-erp-lite.evil.example", "", 7, None)),
    *({"aud": value} for value in ("erp-auth", "erp-mfa", "", None, ["erp-auth"])),
    *({"exp": value} for value in (1, 0, -1, "9999999999", 9_999_999_999.5, True, None)),
    *({"iat": value} for value in (9_999_999_999, "1", 1.5, None)),
    {"nbf": 9_999_999_999},
    *({"sub": value} for value in (str(uuid4()), "", "admin", 1, None, [])),
    *({"sid": value} for value in (str(uuid4()), "", "'; --", 1, None, {})),
    *({"gen": value} for value in (1, -1, 2**63, 2**200, "0", 0.0, False, None)),
    *({"type": value} for value in ("refresh", "mfa", "", None, "Access")),
    {"jti": 1},
]
WRONG_REFRESH_CLAIMS = [
    *(each for each in WRONG_CLAIMS if {"aud", "type"}.isdisjoint(each)),
    *({"drop": "sec"}, {"sec": 1}, {"sec": ""}, {"aud": "erp-api"}, {"type": "access"}),
]


async def test_no_forged_token_is_taken(app: FastAPI, person: Person):
    claims, found = claims_of(person.tokens["access_token"]), {}

    for kind, make in BENT.items():
        stranger = make_client(app, Authorization=f"Bearer {make(claims)}")
        answer = await stranger.get("/api/auth/me")
        said = answer.headers.get("www-authenticate")
        found[kind] = (answer.status_code, answer.json().get("code"), said)

    refused = (401, "not_signed_in", 'Bearer realm="erp", error="invalid_token"')
    assert {kind: each for kind, each in found.items() if each != refused} == {}
    assert len(found) > 40


async def test_a_token_made_by_hand_is_fine_when_nothing_is_wrong(app: FastAPI, person: Person):
    token = forge(HEADER, claims_of(person.tokens["access_token"]))

    answer = await make_client(app, Authorization=f"Bearer {token}").get("/api/auth/me")

    assert answer.status_code == 200


def bend(claims: dict, wrong: dict) -> dict:
    """The claims with one of them wrong or missing."""
    return without(without(claims | wrong, wrong.get("drop")), "drop")


async def test_no_token_with_a_wrong_or_missing_claim_is_taken(app: FastAPI, person: Person):
    claims, found = claims_of(person.tokens["access_token"]), {}

    for wrong in WRONG_CLAIMS:
        bearer = f"Bearer {forge(HEADER, bend(claims, wrong))}"
        answer = await make_client(app, Authorization=bearer).get("/api/auth/me")
        found[str(wrong)] = (answer.status_code, answer.json().get("code"))

    refused = {(401, "not_signed_in"), (401, "session_revoked")}
    assert {kind: each for kind, each in found.items() if each not in refused} == {}


async def test_no_refresh_token_with_a_wrong_claim_moves_the_session(app: FastAPI, person: Person):
    claims, found = claims_of(person.tokens["refresh_token"]), {}

    for wrong in WRONG_REFRESH_CLAIMS:
        header = HEADER | {"typ": "rt+jwt"}
        token = forge(header, bend(claims, wrong), key_for("refresh"))
        answer = await refresh(make_client(app), token)
        found[str(wrong)] = answer.status_code

    assert {kind: each for kind, each in found.items() if each != 401} == {}
    row = await session_of(app, session_id_of(person))
    assert (row.gen, row.revoked_at) == (0, None)


async def test_somebody_elses_session_does_not_fit_the_subject(
    app: FastAPI, person: Person, other: Person
):
    mine, theirs = (claims_of(each.tokens["access_token"]) for each in (person, other))
    token = forge(HEADER, mine | {"sid": theirs["sid"]})

    answer = await make_client(app, Authorization=f"Bearer {token}").get("/api/auth/me")

    assert answer.status_code == 401
