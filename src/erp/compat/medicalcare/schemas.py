"""What crosses the border of the MedicalCare dialect."""

from typing import Annotated

from pydantic import BaseModel, Field

from erp.identity.models import User
from erp.identity.schemas import Password
from erp.kernel.fields import Email, Text


class MessageOut(BaseModel):
    """What happened, or why not."""

    message: str


class SignedUpOut(MessageOut):
    """A sign-up; `otp` only where codes are shown for development."""

    otp: str | None = None


class TokenOut(BaseModel):
    """A bearer token and whose it is."""

    access_token: str
    token_type: str = "bearer"
    username: str
    full_name: str | None


class ProveIn(BaseModel):
    """The code that was mailed to an address."""

    email: Email
    otp: Annotated[str, Field(pattern="^[0-9]{6}$")]


class ForgotIn(BaseModel):
    """Whose password is forgotten."""

    email: Email


class ResetIn(BaseModel):
    """A mailed token and the next password."""

    token: Annotated[str, Field(min_length=1, max_length=200)]
    new_password: Password


class ProfileOut(BaseModel):
    """A person, as he or she sees and changes it."""

    user_id: str
    email: str | None
    username: str
    full_name: str | None
    phone: str | None
    is_verified: bool


class ProfileIn(BaseModel):
    """What people change about themselves; other fields are ignored."""

    full_name: Annotated[str, Text(200)] | None = None
    phone: Annotated[str, Text(40)] | None = None


def name_of(user: User) -> str:
    """What its front end shows as the user name."""
    return user.username or user.email or str(user.id)
