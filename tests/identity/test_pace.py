"""The pace of the API in general: in memory, by person or key, generous."""

from uuid import UUID, uuid4

import pytest
from fastapi import FastAPI

from erp.identity.actions import pacing
from erp.identity.actions.pacing import Pace
from erp.identity.errors import TooManyRequests
from erp.kernel.settings import Settings
from tests.identity.making import another_app
from tests.making import make_client, sign_up

pytestmark = pytest.mark.anyio


class Watch:
    """Seconds that a test moves by hand."""

    def __init__(self):
        self.seconds = 0.0

    def __call__(self):
        return self.seconds


def passed(pace: Pace, subject: UUID, tries: int) -> int:
    count = 0
    for _ in range(tries):
        try:
            pace.keep(subject)
            count += 1
        except TooManyRequests:
            continue
    return count


def test_the_pace_shipped_is_600_a_minute_in_bursts_of_60():
    shipped = Settings()

    assert (shipped.api_requests_per_minute, shipped.api_burst) == (600, 60)


def test_a_burst_passes_and_then_ten_a_second():
    watch, subject = Watch(), uuid4()
    pace = Pace(600, 60, watch)

    burst = passed(pace, subject, 100)
    watch.seconds = 1.0
    second = passed(pace, subject, 100)
    watch.seconds = 3600.0
    rested = passed(pace, subject, 100)

    assert (burst, second, rested) == (60, 10, 60)


def test_nobody_pays_for_another():
    pace = Pace(60, 5, Watch())

    assert [passed(pace, uuid4(), 9) for _ in range(3)] == [5, 5, 5]


def test_zero_is_no_limit():
    assert passed(Pace(0, 1, Watch()), uuid4(), 1000) == 1000


def test_the_wait_is_told_in_whole_seconds():
    pace, subject = Pace(6, 1, Watch()), uuid4()
    pace.keep(subject)

    with pytest.raises(TooManyRequests) as refused:
        pace.keep(subject)

    assert refused.value.retry_after == 10


def test_memory_is_bounded(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(pacing, "MOST_KNOWN", 10)
    pace = Pace(60, 5, Watch())

    for _ in range(100):
        pace.keep(uuid4())

    assert len(pace._left) <= 10


async def test_a_hasty_person_is_slowed_down_and_others_are_not(app: FastAPI):
    async with another_app(app, api_requests_per_minute=60, api_burst=5) as product:
        product.state.desk.pace.clock = Watch()  # no second passes, however slow the machine
        hasty, calm = await sign_up(product), await sign_up(product)

        answers = [await hasty.client.get("/api/products") for _ in range(4)]
        answers += [await hasty.client.get("/api/auth/me") for _ in range(2)]
        other = await calm.client.get("/api/products")

    assert [answer.status_code for answer in answers] == [200] * 5 + [429]
    assert answers[-1].json()["code"] == "too_many_requests"
    assert answers[-1].headers["retry-after"] == "1"
    assert other.status_code == 200


async def test_each_key_has_a_pace_of_its_own(app: FastAPI):
    async with another_app(app, api_requests_per_minute=60, api_burst=5) as product:
        product.state.desk.pace.clock = Watch()
        person = await sign_up(product)
        body = {"name": "Robot", "scopes": ["products:read"], "expires_in_days": 1}
        key = (await person.client.post("/api/api-keys", json=body)).json()["key"]
        async with make_client(product, Authorization=f"Bearer {key}") as robot:
            answers = [await robot.get("/api/products") for _ in range(6)]
        owner = await person.client.get("/api/products")

    assert [answer.status_code for answer in answers] == [200] * 5 + [429]
    assert owner.status_code == 200
