"""People beside the first one, and the mails they get."""

from __future__ import annotations

import email
import re
from email.policy import default
from pathlib import Path

from tests.e2e.conftest import Visit
from tests.making import PASSWORD, make_address
from tests.process.running import Running, wait_for


def mail_to(server: Running, address: str, pattern: str) -> str:
    """What the pattern finds in the newest mail to the address, once it is there."""
    folder = server.log.parent / "data" / "mail"
    found: list[str] = []

    def arrived() -> bool:
        found[:] = _found_in(sorted(folder.glob("*.eml"), reverse=True), address, pattern)
        return bool(found)

    wait_for(arrived, lambda: f"no mail to {address} with {pattern}")
    return found[0]


def _found_in(files: list[Path], address: str, pattern: str) -> list[str]:
    texts = [
        mail.get_body(("plain",)).get_content()
        for file in files
        if (mail := email.message_from_bytes(file.read_bytes(), policy=default))["To"] == address
    ]
    return [match[1] for text in texts if (match := re.search(pattern, text))]


def link_of_invitation(server: Running, address: str) -> str:
    """Path and fragment of the invitation mailed last."""
    return mail_to(server, address, r"(/invite#token=\S+)")


def colleague(server: Running, host: Visit, visit: Visit, role: str = "user") -> Visit:
    """Somebody else at work in the host's organization, signed in through the API."""
    visit.email, visit.slug = make_address(), host.slug
    host.call("POST", "/api/invitations", {"email": visit.email, "role": role})
    token = link_of_invitation(server, visit.email).partition("token=")[2]
    body = {
        "email": visit.email,
        "password": PASSWORD,
        "full_name": "Carl Colleague",
        "invitation_token": token,
        "mode": "cookie",
    }
    answer = visit.page.context.request.post(
        f"{visit.base_url}/api/auth/register", data=body, headers=visit.origin()
    )
    assert answer.status == 201, answer.text()
    return visit
