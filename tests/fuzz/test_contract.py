"""The API keeps its word under attack: no fault of the server, no answer off its schema."""

from __future__ import annotations

import os

from erp.migrations.upgrade import migrate
from tests.fuzz.attack import attack
from tests.process.running import serving, settings_for

SECONDS = int(os.environ.get("ERP_FUZZ_SECONDS", "25"))  # on each database; make fuzz gives more
SEED = int(os.environ.get("ERP_FUZZ_SEED", "1"))  # the gate makes the same calls each time
FEWEST_CALLS = 50  # a busy machine makes few, a broken attack none


def test_nobody_breaks_the_api_or_reaches_anothers_records(empty_url, tmp_path):
    migrate(empty_url)
    settings = settings_for(tmp_path, empty_url, TRUSTED_PROXIES="127.0.0.0/8")

    with serving(tmp_path, settings) as server:
        outcome = attack(tmp_path, server, SECONDS, seed=SEED)

    print(outcome.calls, "calls in", SECONDS, "s with seed", SEED)
    assert outcome.code == 0, outcome.said[-20_000:]
    assert outcome.calls > FEWEST_CALLS
