"""What crosses the border about mails and other jobs."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from erp.kernel.fields import InstantOut, Output
from erp.kernel.paging import Page, PageQuery

State = Literal["waiting", "done", "dead"]


class OutboxQuery(PageQuery):
    """How to list mails and jobs."""

    sort: Literal["-created_at", "created_at"] = "-created_at"
    state: State | None = None


class OutboxRowOut(Output):
    """A mail or another job of the organization; what it says stays between its ends."""

    id: UUID
    kind: str
    mail: Annotated[str | None, Field(description="Which mail, such as `organizations/test`")]
    to: Annotated[str | None, Field(description="The address the mail goes to")]
    state: State
    attempts: int
    last_error: str | None
    can_be_resent: bool
    created_at: InstantOut
    run_at: Annotated[InstantOut, Field(description="While it waits: when it is tried next")]
    done_at: InstantOut | None
    dead_at: InstantOut | None


class OutboxPage(Page):
    """One page of mails and jobs."""

    items: list[OutboxRowOut]


class TestMailOut(Output):
    """Where a test mail is on its way to."""

    to: str
