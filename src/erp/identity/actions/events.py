"""The trail of security events."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from erp.identity.actions.desk import Visitor
from erp.identity.models import SecurityEvent

# OWASP application logging vocabulary, where it has a word.
OWASP = {
    "user.login": "authn_login_success",
    "user.login_failed": "authn_login_fail",
    "session.proof_failed": "authn_login_fail",
    "user.registered": "user_created",
    "identity.refused": "authn_login_fail",
    "login.limited": "authn_login_fail_max",
    "code.refused": "authn_login_fail",
    "password.disabled": "authn_login_lock",
    "password.changed": "authn_password_change",
    "password.reset": "authn_password_change",
    "session.revoked": "authn_token_revoked",
    "token.reuse_detected": "authn_token_reuse",
    "api_key.created": "authn_token_created",
    "api_key.revoked": "authn_token_revoked",
    "csrf.refused": "malicious_csrf",
    "organization.refused": "authz_fail",
    "access.refused": "authz_fail",
    "member.added": "user_created",
    "member.role_changed": "authz_change",
    "member.suspended": "authz_change",
    "member.readmitted": "authz_change",
    "member.removed": "authz_change",
}
# What happens to an account before anybody has proved to be its owner.
BY_STRANGERS = {
    *("user.login_failed", "login.limited", "code.refused"),
    *("password.disabled", "token.reuse_detected", "csrf.refused"),
}


def note_event(  # noqa: PLR0913  what makes an event, each with a name
    session: AsyncSession,
    event: str,
    visitor: Visitor,
    *,
    user_id: UUID | None = None,
    by: UUID | None = None,
    organization_id: UUID | None = None,
    session_id: UUID | None = None,
    reason: str | None = None,
    outcome: str = "done",
) -> SecurityEvent:
    """Add one event about this user to this transaction; `reason` is the code of why.

    It is done by the user unless `by` names another, and belongs to the organization that the
    transaction works in unless one is named.
    """
    actor_id = by or (None if event in BY_STRANGERS else user_id)
    noted = SecurityEvent(
        at=session.info["clock"](),
        organization_id=organization_id or session.info.get("organization_id"),
        actor_kind="user" if actor_id else "anonymous",
        actor_id=actor_id,
        session_id=session_id,
        event=event,
        subject_kind="user" if user_id else None,
        subject_id=user_id,
        outcome=outcome,
        reason_code=reason,
        ip=visitor.ip,
        user_agent=visitor.user_agent,
        request_id=visitor.request_id,
        data={"owasp": OWASP[event]} if event in OWASP else None,
    )
    session.add(noted)
    return noted


def note_job(session: AsyncSession, event: str, *, user_id: UUID, reason: str) -> None:
    """Add what the worker did to somebody by itself."""
    session.add(
        SecurityEvent(
            at=session.info["clock"](),
            actor_kind="job",
            event=event,
            subject_kind="user",
            subject_id=user_id,
            outcome="done",
            reason_code=reason,
            data={"owasp": OWASP[event]} if event in OWASP else None,
        )
    )


def note_refusal(  # noqa: PLR0913  what makes a refusal, each with a name
    session: AsyncSession,
    event: str,
    visitor: Visitor,
    reason: str,
    *,
    user_id: UUID | None = None,
    session_id: UUID | None = None,
    organization_id: UUID | None = None,
) -> SecurityEvent:
    """Add an event that says no, with the code of the refusal."""
    return note_event(
        session,
        event,
        visitor,
        user_id=user_id,
        session_id=session_id,
        organization_id=organization_id,
        reason=reason,
        outcome="refused",
    )
