"""ACE, the company directory of the task hub: one call checks a password, one lists projects."""

from datetime import date
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from erp.identity.directory.models import DirectoryConnection
from erp.identity.directory.provider import (
    AccountProject,
    Code,
    DirectoryCredentials,
    ExternalIdentity,
    ProjectMember,
    ProviderError,
    told_as_provider_errors,
)
from erp.kernel.errors import UnusableAnswer
from erp.kernel.fields import Email, Text
from erp.kernel.outbound import Outbound, Reply
from erp.kernel.schema import fold
from erp.kernel.settings import Settings

MOST_PROJECT_BYTES = 4 * 1024 * 1024
MOST_PROJECTS = 5_000
MOST_MEMBERS = 1_000
SAID: dict[str, Code] = {
    "INVALID_CREDENTIALS": "invalid_credentials",
    "INVALID_ACCOUNT_ID": "invalid_account_id",
    "ACCOUNT_LOCKED": "account_locked",
    "PASSWORD_EXPIRED": "password_expired",
}
# What a status means without a word. 400 and 404 need one: a wrong address answers like that, too.
MEANT: dict[int, Code] = {
    401: "invalid_credentials",
    403: "password_expired",
    423: "account_locked",
    429: "unavailable",
    502: "unavailable",
    503: "unavailable",
    504: "unavailable",
}
BY_WORD = (400, 401, 403, 404, 423)


def _as_text(value: object) -> object:
    """Ids come as numbers or texts."""
    return str(value) if type(value) is int else value


Word = Annotated[str, BeforeValidator(_as_text), Text(200)]


class _Answer(BaseModel):
    model_config = ConfigDict(extra="ignore")


class _Person(_Answer):
    guid: Word
    user_id: Word
    username: Word
    account_id: Word
    email: Email | None = None
    full_name: Annotated[str, Text(200)] | None = None
    role: Word | None = None


class _Refused(_Answer):
    error_code: str | None = None


class _Member(_Answer):
    guid: Word
    username: Word


class _Project(_Answer):
    id: Word
    code: Annotated[str, Text(50)] | None = None
    name: Annotated[str, Text(200)]
    status: Annotated[str, Text(50)] | None = None
    start_date: date | None = None
    end_date: date | None = None
    members: Annotated[list[_Member], Field(max_length=MOST_MEMBERS)] = []


class _Projects(_Answer):
    projects: Annotated[list[_Project], Field(max_length=MOST_PROJECTS)]


class AceDirectory:
    """The directory behind `ACE_API_URL`."""

    name = "ace"

    def __init__(self, settings: Settings, outbound: Outbound) -> None:
        """Addresses and token come from the settings alone."""
        self._login = settings.ace_api_url or ""
        self._projects = settings.ace_projects or ""
        self._token = settings.ace_api_token
        self._outbound = outbound

    async def authenticate(
        self, connection: DirectoryConnection, credentials: DirectoryCredentials
    ) -> ExternalIdentity:
        """Ask with the account id of the connection, whatever way it was typed."""
        asked = {
            "account_id": connection.account_id,
            "username": credentials.username,
            "password": credentials.password,
        }
        with told_as_provider_errors():
            reply = await self._outbound.post(self._login, asked)
            if reply.status != 200:
                raise _refused(reply)
            person = _read(_Person, reply)
        if fold(person.account_id) != connection.account_key:
            raise ProviderError("bad_response")
        return ExternalIdentity(
            provider=self.name,
            issuer=connection.account_id,
            issuer_key=connection.account_key,
            subject=person.guid,
            username=person.username,
            email=person.email,
            email_verified=False,
            display_name=person.full_name,
            groups=(person.role,) if person.role else (),
            user_id=person.user_id,
        )

    async def list_projects(self, connection: DirectoryConnection) -> list[AccountProject]:
        """The account's projects, by the service token."""
        token = self._token.get_secret_value() if self._token else None
        query = {"account_id": connection.account_id}
        with told_as_provider_errors():
            reply = await self._outbound.get(self._projects, query, token, most=MOST_PROJECT_BYTES)
            if reply.status != 200:
                raise _not_listed(reply)
            found = _read(_Projects, reply).projects
        return [_project(connection.account_id, each) for each in found]

    def is_failing(self) -> bool:
        """Whether checking passwords failed several times in a row."""
        return self._outbound.is_failing(self._login)


def _read(model: type[Any], reply: Reply) -> Any:
    """The answer in the form that was promised. Raises `UnusableAnswer`, without its words."""
    try:
        return model.model_validate(reply.json())
    except ValidationError:
        raise UnusableAnswer from None


def _refused(reply: Reply) -> ProviderError:
    """Why a password was not confirmed; what was not agreed upon is no answer at all."""
    said = _read(_Refused, reply).error_code if reply.body and reply.status in BY_WORD else None
    if said is not None:
        return ProviderError(SAID.get(said.upper().removeprefix("ACE_"), "bad_response"))
    return ProviderError(MEANT.get(reply.status, "bad_response"))


def _not_listed(reply: Reply) -> ProviderError:
    """Names, places and tokens are the operator's business; only being away is told apart."""
    away = MEANT.get(reply.status) == "unavailable"
    return ProviderError("unavailable" if away else "bad_response")


def _project(account_id: str, given: _Project) -> AccountProject:
    return AccountProject(
        account_id=account_id,
        id=given.id,
        code=given.code,
        name=given.name,
        status=given.status,
        starts_on=given.start_date,
        ends_on=given.end_date,
        members=tuple(ProjectMember(each.guid, each.username) for each in given.members),
    )
