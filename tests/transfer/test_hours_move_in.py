"""The logger moves in: hours in UTC, a timer that goes on, and what overlaps is told."""

from __future__ import annotations

import pytest

from tests.transfer import old_systems
from tests.transfer.moving import bring, list_of, people_of, sign_in
from tests.transfer.old_systems import entry, write_sqlite

pytestmark = pytest.mark.anyio


async def hours_of(person):
    """Start, end and project of every entry, by time."""
    found = await list_of(person, "/api/time-entries?sort=started_at&limit=200")
    return [(each["started_at"][8:19], _end(each), each["project"]["code"]) for each in found]


def _end(each):
    return each["ended_at"] and each["ended_at"][8:19]


async def test_hours_move_in_with_people_projects_and_a_timer_that_runs_on(
    app, person, tag, put_down
):
    report = await bring(app, person, "logger", put_down(old_systems.logger(tag)))

    assert (report.refused, report.notices) == ([], [])
    assert report.outcomes["users"] == {"created": 2}
    assert report.outcomes["projects"] == {"created": 2}
    assert report.outcomes["time_entries"] == {"created": 3}
    assert await hours_of(person) == [
        ("04T08:00:00", "04T09:30:15", "WEB"),
        ("04T08:00:00", "04T10:00:00", "OPS"),
        ("04T09:30:15", None, "WEB"),
    ]
    [running] = [each for each in await list_of(person, "/api/time-entries") if each["is_running"]]
    assert running["member"]["name"] == f"lea.{tag}"
    assert running["note"] == "[prio:normal] as planned"
    assert running["tags"] == [{"name": "prio", "value": "normal"}]
    assert await sign_in(app, f"lea.{tag}@example.com", "lea-Secret-1") == 200
    assert (await people_of(app, tag))["lea"].password_scheme == "argon2id"


async def test_importing_hours_again_changes_nothing(app, person, tag, put_down):
    place = put_down(old_systems.logger(tag))
    await bring(app, person, "logger", place)
    before = await hours_of(person), await list_of(person, "/api/projects")

    report = await bring(app, person, "logger", place)

    assert {outcome for counts in report.outcomes.values() for outcome in counts} == {"skipped"}
    assert (report.refused, report.notices) == ([], [])
    assert (await hours_of(person), await list_of(person, "/api/projects")) == before


OVERLAPPING = (
    entry("a", "u1", "04 08:00", "04 10:00"),
    entry("b", "u1", "04 09:00", "04 11:00", "OPS"),
    entry("c", "u1", "04 09:30", "04 09:45"),
    entry("d", "u1", "04 12:00", None),
    entry("e", "u1", "04 13:00", None, "OPS"),
    entry("f", "u2", "02 08:00", "04 08:00"),
)


async def test_overlaps_are_refused_with_what_would_be_made_of_them(app, person, tag, tmp_path):
    place = write_sqlite(tmp_path / "old.db", old_systems.logger(tag, *OVERLAPPING))

    report = await bring(app, person, "logger", place)

    assert {(each.row, each.code) for each in report.refused} == {
        (row, "hours_do_not_fit") for row in "bcdf"
    }
    details = {each.row: each.detail for each in report.refused}
    assert "--trim: begins 2026-05-04T10:00:00Z: entry a ends then" in details["b"]
    assert "lies within entry a" in details["c"]
    assert "ends 2026-05-04T13:00:00Z: another begins then" in details["d"]
    assert "ends 2026-05-03T08:00:00Z: an entry has 24 hours at most" in details["f"]
    assert await hours_of(person) == []
    assert await people_of(app, tag) == {}


async def test_trimming_keeps_every_second_and_the_last_timer_runs_on(app, person, tag, tmp_path):
    place = write_sqlite(tmp_path / "old.db", old_systems.logger(tag, *OVERLAPPING))

    report = await bring(app, person, "logger", place, trim=True)
    again = await bring(app, person, "logger", place, trim=True)

    assert report.refused == []
    assert report.outcomes["time_entries"] == {"created": 5, "joined": 1}
    assert sorted(each.row for each in report.notices) == ["b", "c", "d", "f"]
    assert await hours_of(person) == [
        ("02T08:00:00", "03T08:00:00", "WEB"),
        ("04T08:00:00", "04T10:00:00", "WEB"),
        ("04T10:00:00", "04T11:00:00", "OPS"),
        ("04T12:00:00", "04T13:00:00", "WEB"),
        ("04T13:00:00", None, "OPS"),
    ]
    assert again.outcomes["time_entries"] == {"skipped": 6}
    assert again.notices == []


async def test_a_dry_run_of_hours_tells_the_same_and_writes_nothing(app, person, tag, tmp_path):
    place = write_sqlite(tmp_path / "old.db", old_systems.logger(tag))

    report = await bring(app, person, "logger", place, dry_run=True)

    assert report.outcomes["time_entries"] == {"created": 3}
    assert await hours_of(person) == []
    assert await list_of(person, "/api/projects") == []


async def test_a_project_that_is_here_already_is_used_only_when_told(app, person, tag, tmp_path):
    await person.client.post("/api/projects", json={"code": "Web", "name": "Our web"})
    place = write_sqlite(tmp_path / "old.db", old_systems.logger(tag))

    refused = await bring(app, person, "logger", place)
    joined = await bring(app, person, "logger", place, join=True)

    assert ("projects", "known_code") in {(each.table, each.code) for each in refused.refused}
    assert joined.outcomes["projects"] == {"joined": 1, "created": 1}
    assert {code for _start, _end, code in await hours_of(person)} == {"Web", "OPS"}


@pytest.mark.parametrize(
    ("over", "field", "code"),
    [
        ({"start_utc": "yesterday"}, "start_utc", "instant_expected"),
        ({"start_utc": None}, "start_utc", "missing"),
        ({"end_utc": old_systems.at("04 07:00")}, "ended_at", "end_before_start"),
        ({"end_utc": old_systems.at("04 08:00").replace(year=2031)}, "", "hours_do_not_fit"),
        ({"user_id": "u9"}, "", "old_reference_missing"),
        ({"activity": "x" * 101}, "activity", "string_too_long"),
    ],
)
async def test_hours_that_cannot_be_are_named_by_row_and_field(
    app, person, tag, tmp_path, over, field, code
):
    wrong = entry("wrong", "u1", "04 08:00", "04 09:00") | over
    tables = old_systems.logger(tag, entry("e9", "u2", "04 08:00", None), wrong)
    place = write_sqlite(tmp_path / "old.db", tables)

    report = await bring(app, person, "logger", place)

    [refused] = report.refused
    assert (refused.row, refused.code) == ("wrong", code)
    assert refused.field == field or not field


async def test_projects_of_a_table_are_named_by_their_ids(app, person, tag, tmp_path):
    row = {**entry("e1", "u1", "04 08:00", "04 09:00"), "project_code": None, "project_id": 5}
    projects = [{"id": 5, "code": "WEB", "name": "The web", "user_id": "u1"}]
    tables = old_systems.logger(tag, row) | {"projects": projects}

    report = await bring(app, person, "logger", write_sqlite(tmp_path / "old.db", tables))

    assert report.refused == []
    [project] = await list_of(person, "/api/projects")
    assert (project["code"], project["name"]) == ("WEB", "The web")
    assert await hours_of(person) == [("04T08:00:00", "04T09:00:00", "WEB")]
