"""How the time logger says no."""

from erp.compat.dialect import Words, saying_detail
from erp.compat.signing import NOT_PROVED
from erp.identity.errors import CsrfFailed, EmailNotVerified, EmailTaken, InvalidCredentials
from erp.kernel.border import OriginRefused
from erp.kernel.errors import NoSuchPath
from erp.timesheets.errors import EndBeforeStart, EntryTooLong, TimeInFuture

FORGED = (403, "CSRF validation failed")
WORDS: Words = {
    InvalidCredentials: (401, "Invalid credentials"),
    EmailTaken: (409, "Email already registered"),
    EmailNotVerified: (403, NOT_PROVED),
    CsrfFailed: FORGED,
    OriginRefused: FORGED,
    NoSuchPath: (404, "Not Found"),
    **{wrong: (400, wrong.sentence()) for wrong in (EndBeforeStart, EntryTooLong, TimeInFuture)},
}
say = saying_detail(WORDS)
