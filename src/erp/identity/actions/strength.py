"""How strong a password must be."""

import gzip
import re
from functools import cache
from pathlib import Path

from erp.identity.models import LONGEST_PASSWORD, PASSPHRASE, SHORTEST_PASSWORD
from erp.kernel.passwords import canonical
from erp.kernel.schema import fold

COMMON_PASSWORDS = Path(__file__).parents[1] / "common_passwords.txt.gz"
MARKS = " !@#$%^&*().,?-_+="
PRODUCT_NAMES = ("clouderp", "erplite")


def find_weaknesses(
    password: str, *, composition: bool, personal: tuple[str | None, ...]
) -> list[tuple[str, str]]:
    """Why the password is too weak, as codes and sentences; empty if it is strong enough.

    8 to 256 characters after NFKC; an uppercase letter and a digit below 15 characters (waived
    from there, as NIST SP 800-63B asks); no word of the person, the company or the product in it.
    """
    password, found = canonical(password), []
    if len(password) < SHORTEST_PASSWORD:
        found.append(("too_short", f"Use at least {SHORTEST_PASSWORD} characters"))
    if len(password) > LONGEST_PASSWORD:
        found.append(("too_long", f"Use at most {LONGEST_PASSWORD} characters"))
    if composition and len(password) < PASSPHRASE:
        if not any(mark.isupper() for mark in password):
            found.append(("needs_uppercase", "Add an uppercase letter, or use 15 characters"))
        if not any(mark.isdigit() for mark in password):
            found.append(("needs_digit", "Add a digit, or use 15 characters"))
    if is_common(password):
        found.append(("too_common", "This is one of the passwords that are tried first"))
    if _names_somebody(fold(password), personal):
        found.append(("contains_personal", "Leave your name, address and company out of it"))
    return found


def is_common(password: str) -> bool:
    """Whether it is among the 100,000 commonest of 8 and more characters, marks around it aside.

    common_passwords.LICENSE.txt says where the list comes from.
    """
    folded, listed = fold(password), _common_passwords()
    words = {folded, folded.strip(MARKS)} - {""}
    return any(f"\n{word}\n".encode("utf-8", "replace") in listed for word in words)


@cache
def _common_passwords() -> bytes:
    """A word a line: a twelfth of the memory of a set, and searched within a millisecond."""
    return gzip.decompress(COMMON_PASSWORDS.read_bytes())


def _names_somebody(password: str, personal: tuple[str | None, ...]) -> bool:
    words = {word for given in personal if given for word in re.findall(r"[^\W_]+", fold(given))}
    letters = "".join(re.findall(r"[^\W_]+", password))
    return any(len(word) >= 4 and word in password for word in words) or any(
        name in letters for name in PRODUCT_NAMES
    )


def words_of_address(email: str) -> str:
    """What tells an address: all but the last label, so that `com` and `info` are no words."""
    return email.rpartition(".")[0]
