"""What tests of moving in share."""

from __future__ import annotations

from itertools import count

import pytest

from tests.transfer.homes import make_home  # noqa: F401  a fixture
from tests.transfer.old_systems import Tables, write_csv, write_postgres, write_sqlite

_tags = count(1)


@pytest.fixture
def tag(backend):
    """What makes names and addresses those of this test alone."""
    return f"{backend}{next(_tags)}"


@pytest.fixture(params=["file", "folder", "server"])
def put_down(request, tag, tmp_path):
    """Writes tables as one kind of source: a SQLite file, CSV files, or PostgreSQL."""

    def put(tables: Tables) -> str:
        if request.param == "file":
            return write_sqlite(tmp_path / "old.db", tables)
        if request.param == "folder":
            return write_csv(tmp_path / "csv", tables)
        return write_postgres(request.getfixturevalue("own_postgres"), f"old_{tag}", tables)

    return put
