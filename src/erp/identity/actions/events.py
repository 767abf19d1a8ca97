"""The trail of security events."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from erp.identity.actions.desk import Visitor
from erp.identity.models import SecurityEvent

# OWASP application logging vocabulary, where it has a word.
OWASP = {
    "user.login": "authn_login_success",
    "user.login_failed": "authn_login_fail",
    "token.reuse_detected": "authn_token_reuse",
    "user.registered": "user_created",
    "password.reset": "authn_password_change",
}


def note_event(  # noqa: PLR0913  what makes an event, each with a name
    session: AsyncSession,
    event: str,
    visitor: Visitor,
    *,
    user_id: UUID | None = None,
    session_id: UUID | None = None,
    organization_id: UUID | None = None,
    reason: str | None = None,
) -> None:
    """Add one event to this transaction; with a `reason` it counts as a refusal."""
    session.add(
        SecurityEvent(
            at=session.info["clock"](),
            organization_id=organization_id,
            actor_kind="user" if user_id else "anonymous",
            actor_id=user_id,
            session_id=session_id,
            event=event,
            subject_kind="user" if user_id else None,
            subject_id=user_id,
            outcome="refused" if reason else "done",
            reason_code=reason,
            ip=visitor.ip,
            user_agent=visitor.user_agent,
            request_id=visitor.request_id,
            data={"owasp": OWASP[event]} if event in OWASP else None,
        )
    )
