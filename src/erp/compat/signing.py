"""Signing up and in, as more than one dialect does it: no cookies, no refresh token."""

from typing import Annotated, Any

from fastapi import Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, Field, ValidationError

from erp.identity.access import ensure_trusted_page
from erp.identity.actions.accounts import NewAccount
from erp.identity.actions.desk import Desk, Visitor
from erp.identity.actions.registration import Pending
from erp.identity.actions.signing_in import Credentials
from erp.identity.schemas import Password
from erp.kernel.errors import NoSuchPath
from erp.kernel.fields import Email, Text
from erp.kernel.strict_json import StrictRequest
from erp.organizations.actions import entering
from erp.organizations.actions.entering import Entered

NOT_PROVED = "Confirm your email address with the code we sent you, then sign in"
FORM = "application/x-www-form-urlencoded"


class SignUp(BaseModel):
    """A new account; fields that old front ends send besides are ignored."""

    email: Email
    password: Password
    full_name: Annotated[str, Text(200)] | None = None


class Login(BaseModel):
    """A sign-in by address or user name, whichever field carries it."""

    email: Annotated[str, Field(min_length=1, max_length=254)] | None = None
    username: Annotated[str, Field(min_length=1, max_length=254)] | None = None
    password: Password

    def credentials(self) -> Credentials:
        """An address has an `@`, a user name never does."""
        name = self.email or self.username or ""
        is_address = "@" in name
        return Credentials(
            name if is_address else None, None if is_address else name, self.password
        )


async def sign_up(
    request: Request, desk: Desk, visitor: Visitor, given: SignUp
) -> Entered | Pending:
    """An account with an organization of its own; pending where addresses must be proved."""
    ensure_trusted_page(request, desk, "bearer")
    account = NewAccount(given.email, given.password, full_name=given.full_name)
    return await entering.sign_up(desk, account, visitor, remember=False)


async def sign_in(request: Request, desk: Desk, visitor: Visitor, given: Login) -> Entered:
    """A session whose access token lives as long as the dialect says."""
    ensure_trusted_page(request, desk, "bearer")
    credentials = given.credentials()
    return await entering.sign_in(desk, credentials, visitor, ending=None, remember=False)


async def read_login(request: Request, desk: Desk) -> Login:
    """From JSON, or from the form of the OAuth2 password flow where that is switched on."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind == FORM and not desk.settings.takes_password_form:
        raise NoSuchPath
    strict = StrictRequest(request.scope, request.receive)
    given = dict(await request.form()) if kind == FORM else await strict.json()
    try:
        return Login.model_validate(given)
    except ValidationError as error:
        faults = [{**fault, "loc": ("body", *fault["loc"])} for fault in error.errors()]
        raise RequestValidationError(faults) from None


def described_login() -> dict[str, Any]:
    """The two ways to send a login, for OpenAPI."""
    schema = {"schema": Login.model_json_schema()}
    return {
        "requestBody": {"required": True, "content": {"application/json": schema, FORM: schema}}
    }
