"""How the task hub answers: `SuccessResponse`, or `ErrorResponse` with a status that fits."""

from collections import defaultdict
from typing import Any, Generic, Literal, TypeVar

from fastapi import Request, Response
from fastapi.responses import JSONResponse
from pydantic import BaseModel

from erp.compat.dialect import Words, words_for
from erp.identity.errors import InvalidCredentials
from erp.kernel.batch import BatchRefused
from erp.kernel.errors import Refusal
from erp.kernel.http import headers_of, status_of

Data = TypeVar("Data")
WORDS: Words = {InvalidCredentials: (401, "The provided email/username or password is incorrect")}
# What the front end calls the sections of a batch.
KINDS = {
    "members": "users",
    "projects": "projects",
    "tasks": "tasks",
    "assignees": "task_assignees",
}


class SuccessResponse(BaseModel, Generic[Data]):
    """What was asked for."""

    success: Literal[True] = True
    message: str
    data: Data | None = None
    error: None = None


class ErrorResponse(BaseModel):
    """Why not: `error_code` is stable; `data` names wrong fields, or what a batch refused."""

    error: str
    error_code: str
    message: str
    data: dict[str, Any] | None = None


class Refused(BaseModel):
    """An item of a batch that cannot be saved: `index` is its place in its list."""

    kind: str
    index: int
    error_code: str
    message: str


def say(request: Request, refusal: Refusal) -> Response:
    """The refusal in the task hub's words, its code in capitals."""
    status, message = words_for(refusal, WORDS)
    code = refusal.code().upper()
    name = code.replace("_", " ").title()
    body = ErrorResponse(error=name, error_code=code, message=message, data=_told(refusal))
    return JSONResponse(body.model_dump(mode="json"), status, headers_of(request, refusal))


def _told(refusal: Refusal) -> dict[str, Any] | None:
    if isinstance(refusal, BatchRefused):
        return {"refused": [each.model_dump() for each in list_refused(refusal.members["items"])]}
    if not refusal.errors:
        return None
    return {
        "errors": [
            {"field": each.pointer.lstrip("/?#"), "code": each.code, "message": each.detail}
            for each in refusal.errors
        ]
    }


def list_refused(items: list[dict[str, Any]]) -> list[Refused]:
    """The refused ones among the results of a batch."""
    return [
        Refused(
            kind=KINDS[item["section"]],
            index=item["index"],
            error_code=item["code"].upper(),
            message="; ".join(each["detail"] for each in item["errors"]) or item["detail"],
        )
        for item in items
        if item["outcome"] == "refused"
    ]


def may_refuse(*refusals: type[Refusal]) -> dict[int | str, dict[str, Any]]:
    """What a route may refuse with, for OpenAPI."""
    by_status: dict[int, set[str]] = defaultdict(set)
    for refusal in refusals:
        by_status[status_of(refusal)].add(refusal.code().upper())
    return {
        status: {"model": ErrorResponse, "description": ", ".join(sorted(codes))}
        for status, codes in by_status.items()
    }
