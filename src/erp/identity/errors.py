"""How identity says no. Whether an account exists is told only where verification is off."""

from erp.kernel.errors import (
    Conflict,
    Malformed,
    NotAllowed,
    NotSignedIn,
    TimedOut,
    TooMany,
    Unacceptable,
    Unavailable,
    UnusableAnswer,
)


class InvalidCredentials(NotSignedIn):
    """The e-mail address, user name or password is wrong."""


class AccountDisabled(NotAllowed):
    """This account is disabled; ask an administrator."""


class PasswordResetRequired(NotAllowed):
    """Set a new password with a reset link before you sign in."""


class EmailNotVerified(NotAllowed):
    """Confirm your e-mail address before you sign in."""


class EmailTaken(Conflict):
    """There is an account with this e-mail address already."""

    pointer = "/email"


class UsernameTaken(Conflict):
    """This user name is taken."""

    pointer = "/username"


class WeakPassword(Unacceptable):
    """This password is too weak."""


class LegacyHashRefused(Unacceptable):
    """A password hash of this kind cannot be taken over."""


class TooManyRequests(TooMany):
    """You are sending more requests than one caller may; slow down."""


class ApiKeyInvalid(NotSignedIn):
    """This API key is unknown, has expired or was revoked."""


class ApiKeyRefused(NotAllowed):
    """API keys cannot do this; sign in as a person."""


class TooManyAttempts(TooMany):
    """Too many attempts; wait before you try again."""


class OtpInvalid(Malformed):
    """This code is wrong or not valid any more."""


class OtpAttemptsExceeded(TooMany):
    """Too many wrong codes; wait before you try again."""


class ReauthenticationRequired(NotAllowed):
    """Enter your password once more to do this."""


class CsrfFailed(NotAllowed):
    """The CSRF token is missing or belongs to another session."""


class RefreshTokenInvalid(NotSignedIn):
    """The refresh token is not valid."""


class RefreshTokenExpired(NotSignedIn):
    """The session has expired; sign in again."""


class RefreshTokenReused(NotSignedIn):
    """An old refresh token was used again, so the session was ended for safety."""


class SessionRevoked(NotSignedIn):
    """This session has ended; sign in again."""


class ResetTokenInvalid(Malformed):
    """This link is not valid any more; ask for a new one."""


class InvalidAccountId(NotSignedIn):
    """No company directory is connected under this account id."""


class AceAccountLocked(NotAllowed):
    """Your company's directory has locked this account."""


class AcePasswordExpired(NotAllowed):
    """Your password has expired in your company's directory; change it there."""


class UserNotProvisioned(NotAllowed):
    """Your company's directory knows you, but you have no place here; ask an administrator."""


class AccountLinkRequired(Conflict):
    """An account here has this e-mail address: sign in to it and link your directory account."""


class DirectoryBadResponse(UnusableAnswer):
    """The company directory gave an answer that cannot be used."""


class DirectoryUnavailable(Unavailable):
    """The company directory cannot be reached right now; try again."""


class DirectoryTimeout(TimedOut):
    """The company directory took too long to answer; try again."""


class DirectoryNotConnected(Conflict):
    """This organization is connected with no company directory."""


class DirectoryConnected(Conflict):
    """This organization is connected with that account already."""

    pointer = "/account_id"


class DirectoryAccountTaken(Conflict):
    """Another organization is connected with this account of the directory."""

    pointer = "/account_id"


class DirectoryProofRequired(Conflict):
    """Link your own account of this directory before you switch the connection on."""


class OnlyWayIn(Conflict):
    """This is your only way to sign in."""


class IdentityTaken(Conflict):
    """This directory account is linked to an account here already."""
