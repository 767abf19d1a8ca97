"""The API of the MedicalCare backend.

Its front end reads errors of the public calls from `message` in an answer with status 200.
"""

from fastapi import Request, Response
from fastapi.responses import JSONResponse

from erp.compat.dialect import Dialect, Words, saying_detail, together, words_for
from erp.compat.medicalcare import auth, profile
from erp.identity.errors import (
    EmailNotVerified,
    EmailTaken,
    InvalidCredentials,
    OtpInvalid,
    ResetTokenInvalid,
)
from erp.kernel.errors import NoSuchPath, NotFound, Refusal

DESCRIPTION = """
The calls of the MedicalCare backend, over the same accounts as the product's own API.

- Refusals of the public calls are `{"message": …}` with status 200, as its front end expects.
- The answer to `forgot-password` is the same for every address.
- Access tokens live 60 minutes. Passwords are never cut at 72 bytes.
- The profile changes name and phone. The address changes in the product, by a code that is
  mailed to the new one.
"""
WORDS = {
    InvalidCredentials: (200, "Invalid credentials"),
    EmailTaken: (200, "Email already registered"),
    EmailNotVerified: (200, "Email not verified"),
    OtpInvalid: (200, "Invalid or expired OTP"),
    ResetTokenInvalid: (200, "Invalid or expired token"),
}
WORDS_OF_PROFILE: Words = {NoSuchPath: (404, "Not Found"), NotFound: (404, "User not found")}
PUBLIC_CALLS = frozenset({"signup", "verify-otp", "login", "forgot-password", "reset-password"})


def say(request: Request, refusal: Refusal) -> Response:
    """Public calls refuse with 200 and `message`, all others with status and `detail`."""
    if request.url.path.rpartition("/")[2] not in PUBLIC_CALLS:
        return saying_detail(WORDS_OF_PROFILE)(request, refusal)
    _status, text = words_for(refusal, WORDS)
    return JSONResponse({"message": text}, 200)


MEDICALCARE = Dialect(
    name="medicalcare",
    title="MedicalCare",
    description=DESCRIPTION,
    router=together(auth.router, profile.router),
    say=say,
    lives={"access_token_minutes": 60},
)
