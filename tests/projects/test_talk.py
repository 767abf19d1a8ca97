"""The journal of a task, and comments with mentions."""

import pytest

from erp.projects.queries.talk import numbers_mentioned
from erp.projects.schemas.talk import CommentOut, LogOut
from tests.making import make_colleague
from tests.projects.making import make_comment, make_project, make_task

pytestmark = pytest.mark.anyio


@pytest.fixture
async def task(person):
    return await make_task(person, await make_project(person))


async def test_notes_and_progress_are_added_and_read_newest_first(person, task):
    path = f"/api/tasks/{task['id']}/logs"

    note = await person.client.post(path, json={"text": "Primer is dry"})
    progress = await person.client.post(path, json={"percent": 40, "text": "First coat"})
    logs = (await person.client.get(path)).json()["items"]

    assert (note.status_code, progress.status_code) == (201, 201)
    assert [(each["kind"], each["percent"], each["text"]) for each in logs] == [
        ("progress", 40, "First coat"),
        ("note", None, "Primer is dry"),
        ("created", None, None),
    ]
    assert logs[0] == progress.json()
    assert {each["member"]["name"] for each in logs} == {"Ada Lovelace"}
    LogOut.model_validate(logs[0])


@pytest.mark.parametrize("body", [{}, {"percent": 101}, {"percent": -1}, {"text": ""}])
async def test_an_empty_or_impossible_line_is_refused(person, task, body):
    answer = await person.client.post(f"/api/tasks/{task['id']}/logs", json=body)

    assert (answer.status_code, answer.json()["code"]) == (422, "validation_failed")


async def test_lines_of_the_journal_can_neither_be_changed_nor_removed(person, task):
    path = f"/api/tasks/{task['id']}/logs"
    line = (await person.client.post(path, json={"text": "So it was"})).json()

    answers = [
        await person.client.request(method, f"{path}/{line['id']}", json={"text": "No"})
        for method in ("PATCH", "PUT", "DELETE")
    ]

    assert {each.status_code for each in answers} == {404}


async def test_a_comment_names_author_and_mentioned_members(app, person, task):
    colleague = await make_colleague(app, person)
    path = f"/api/tasks/{task['id']}/comments"

    made = await person.client.post(path, json={"text": "@2 please look, @99 too.\nThanks, @1"})
    listed = (await person.client.get(path)).json()["items"]

    body = made.json()
    assert made.headers["location"] == f"/api/comments/{body['id']}"
    assert (made.status_code, body["author"]["number"], body["edited_at"]) == (201, 1, None)
    assert [each["name"] for each in body["mentions"]] == ["Ada Lovelace", "Carl Colleague"]
    assert listed == [body]
    CommentOut.model_validate(body)
    await colleague.client.aclose()


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("@1", {1}),
        ("@12, and @3.", {12, 3}),
        ("(@4)", {4}),
        ("mail ada@1.example", set()),
        ("@@5", set()),
        ("@0 @01", set()),
        ("@7a", set()),
        ("@1234567890", set()),
        ("nobody", set()),
    ],
)
def test_a_mention_is_an_at_sign_with_a_number_of_its_own(text, numbers):
    assert numbers_mentioned(text) == numbers


async def test_an_edited_comment_says_so(person, task):
    comment = await make_comment(person, task, "Wel")
    path = f"/api/comments/{comment['id']}"

    same = await person.client.patch(path, json={"text": "Wel"})
    edited = await person.client.patch(path, json={"text": "Well"}, headers={"If-Match": '"1"'})
    stale = await person.client.patch(path, json={"text": "Hm"}, headers={"If-Match": '"1"'})

    assert (same.json()["edited_at"], same.json()["version"]) == (None, 1)
    assert edited.json()["edited_at"] is not None
    assert (edited.json()["text"], edited.headers["etag"]) == ("Well", '"2"')
    assert (stale.status_code, stale.json()["current"]["text"]) == (412, "Well")


async def test_users_change_only_what_they_said_managers_everything(app, person, task):
    user, manager = await make_colleague(app, person), await make_colleague(app, person, "manager")
    hers, his = await make_comment(person, task), await make_comment(user, task)
    body = {"text": "Changed"}

    foreign = await user.client.patch(f"/api/comments/{hers['id']}", json=body)
    removed = await user.client.delete(f"/api/comments/{hers['id']}")
    own = await user.client.patch(f"/api/comments/{his['id']}", json=body)
    managed = await manager.client.patch(f"/api/comments/{his['id']}", json=body)
    gone = await manager.client.delete(f"/api/comments/{his['id']}")

    assert [each.status_code for each in (foreign, removed, own, managed, gone)] == [
        *(403, 403, 200, 200, 204),
    ]
    assert foreign.json()["permission"] == "comments:write"
    assert len((await person.client.get(f"/api/tasks/{task['id']}/comments")).json()["items"]) == 1
    for each in (user, manager):
        await each.client.aclose()


async def test_comments_and_journal_go_with_their_task(person, task):
    comment = await make_comment(person, task)

    gone = await person.client.delete(f"/api/tasks/{task['id']}")

    assert gone.status_code == 204
    answer = await person.client.patch(f"/api/comments/{comment['id']}", json={"text": "Hm"})
    assert answer.status_code == 404
