"""The tour's calls of members, invitations and the organization."""

from __future__ import annotations

from fastapi import FastAPI

from tests.architecture.calling import Call, listed
from tests.making import Person, make_address, make_colleague
from tests.organizations.making import make_notice

KEY = {"name": "Robot", "scopes": ["products:read"], "expires_in_days": 30}
MEMBER = "/api/members/{member_id}"
CONNECTION = "/api/directory-connections/{connection_id}"
CALLS = (
    *listed("/api/members"),
    *listed("/api/people"),
    Call("PATCH", MEMBER, {"role": "manager"}),
    Call("DELETE", MEMBER),
    Call("POST", MEMBER + "/offboard", {"reassign_to": "{successor_id}"}),
    *listed("/api/invitations"),
    Call("POST", "/api/invitations", {"email": "invited@example.com", "role": "user"}),
    Call("DELETE", "/api/invitations/{invitation_id}"),
    Call("GET", "/api/roles"),
    Call("GET", "/api/organization"),
    Call("PATCH", "/api/organization", {"name": "Patched"}),
    *listed("/api/api-keys"),
    Call("POST", "/api/api-keys", KEY),
    Call("DELETE", "/api/api-keys/{key_id}"),
    *listed("/api/directory-connections"),
    Call("POST", "/api/directory-connections", {"account_id": "toured"}),
    Call("PATCH", CONNECTION, {"jit_provision": False}),
    Call("DELETE", CONNECTION),
    *listed("/api/notices"),
    Call("POST", "/api/notices/{notice_id}/read"),
    Call("POST", "/api/notices/{notice_id}/snooze", {"until": "2099-01-01T00:00:00Z"}),
    Call("POST", "/api/notices/read-all"),
    *listed("/api/outbox"),
    Call("POST", "/api/outbox/test"),
    Call("POST", "/api/outbox/{outbox_id}/resend"),
)


async def make_records(app: FastAPI, person: Person) -> dict[str, str]:
    """One record of each kind, and its id."""
    colleague = await make_colleague(app, person)
    await colleague.client.aclose()
    body = {"email": make_address(), "role": "user"}
    invitation = (await person.client.post("/api/invitations", json=body)).json()
    key = (await person.client.post("/api/api-keys", json=KEY)).json()
    body = {"account_id": "claimed"}
    connection = (await person.client.post("/api/directory-connections", json=body)).json()
    members = (await person.client.get("/api/members")).json()["items"]
    notice = await make_notice(app, person)
    mails = (await person.client.get("/api/outbox")).json()["items"]
    return {
        "outbox_id": mails[0]["id"],
        "notice_id": str(notice.id),
        "member_id": next(each["id"] for each in members if not each["is_me"]),
        "invitation_id": invitation["id"],
        "key_id": key["id"],
        "connection_id": connection["id"],
    }
