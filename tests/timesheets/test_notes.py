"""Tags in notes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from erp.timesheets.models.notes import MOST_TAGS, read_tags


def test_a_tag_has_a_lower_case_name_and_a_value_as_written():
    assert read_tags("Call [Prio:Normal] about [no-1_x: two words ]") == [
        ("prio", "Normal"),
        ("no-1_x", "two words"),
    ]


@pytest.mark.parametrize(
    "note",
    [
        *("[prio]", "[prio:]", "[:normal]", "[prio: ]", "[pr io:normal]", "[prio:a\nb]", None, ""),
        *("[größe:xl]", "[a:[b]]" + "x", f"[{'n' * 33}:x]", f"[n:{'v' * 65}]", "prio:normal"),
    ],
)
def test_other_brackets_are_just_text(note):
    assert [tag for tag in read_tags(note) if tag.name != "b"] == []


def test_a_tag_counts_once_and_twenty_are_read():
    many = " ".join(f"[n{number}:v]" for number in range(30))

    assert read_tags("[a:1] [A:1] [a:2]") == [("a", "1"), ("a", "2")]
    assert len(read_tags(many)) == MOST_TAGS


@given(st.text(max_size=300))
def test_any_note_can_be_read(note):
    for name, value in read_tags(note):
        assert name == name.lower()
        assert f":{value}" in note.replace(": ", ":") or value in note
        assert not set(value) & set("[]\r\n")
        assert 1 <= len(name) <= 32
        assert 1 <= len(value) <= 64
