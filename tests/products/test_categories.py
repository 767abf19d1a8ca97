"""Categories: a tree of five levels at most, without cycles."""

import asyncio

import pytest

from tests.making import make_product

pytestmark = pytest.mark.anyio

NOBODY = "018f0000-0000-7000-8000-000000000000"


async def make(person, name, parent=None):
    body = {"name": name, "parent_id": parent and parent["id"]}
    answer = await person.client.post("/api/categories", json=body)
    assert answer.status_code == 201, answer.text
    return answer.json()


async def change(person, category, **values):
    return await person.client.patch(f"/api/categories/{category['id']}", json=values)


async def tree(person):
    rows = (await person.client.get("/api/categories")).json()["items"]
    return [(row["depth"], row["name"]) for row in rows]


async def names_in(person, category):
    answer = await person.client.get("/api/products", params={"category_id": category["id"]})
    return [row["name"] for row in answer.json()["items"]]


async def history_of(person, category):
    rows = (await person.client.get(f"/api/audit/category/{category['id']}")).json()["items"]
    return [(row["action"], row["changes"]) for row in rows]


async def test_a_branch_is_listed_before_the_next_begins(person):
    tools = await make(person, "Tools")
    await make(person, "Tools and more")
    await make(person, "Hammers", await make(person, "Hand tools", tools))
    await make(person, "Äxte", tools)

    rows = await tree(person)

    assert rows == [
        (1, "Tools"),
        (2, "Hand tools"),
        (3, "Hammers"),
        (2, "Äxte"),
        (1, "Tools and more"),
    ]


async def test_a_name_stands_once_in_its_place_and_again_elsewhere(person):
    tools, toys = await make(person, "Tools"), await make(person, "Toys")
    await make(person, "Hammers", tools)

    twin = await person.client.post(
        "/api/categories", json={"name": "  HAMMERS ", "parent_id": tools["id"]}
    )
    elsewhere = await person.client.post(
        "/api/categories", json={"name": "Hammers", "parent_id": toys["id"]}
    )
    renamed = await change(person, toys, name="tools")

    assert (twin.status_code, twin.json()["code"]) == (409, "category_name_taken")
    assert twin.json()["errors"][0]["pointer"] == "/name"
    assert elsewhere.status_code == 201
    assert renamed.json()["code"] == "category_name_taken"


async def test_what_lies_within_moves_along(person):
    tools, toys = await make(person, "Tools"), await make(person, "Toys")
    hand = await make(person, "Hand tools", tools)
    hammers = await make(person, "Hammers", hand)
    await make_product(person, name="Mallet", category_id=hammers["id"])

    answer = await change(person, hand, parent_id=toys["id"], name="Wooden")

    assert (answer.json()["depth"], answer.headers["etag"]) == (2, '"2"')
    assert await tree(person) == [(1, "Tools"), (1, "Toys"), (2, "Wooden"), (3, "Hammers")]
    assert await names_in(person, toys) == ["Mallet"]
    assert await names_in(person, tools) == []


async def test_a_category_moves_to_the_root_by_null(person):
    hand = await make(person, "Hand tools", await make(person, "Tools"))

    answer = await change(person, hand, parent_id=None)

    assert (answer.json()["depth"], answer.json()["parent_id"]) == (1, None)


async def test_no_category_lies_within_itself(person):
    tools = await make(person, "Tools")
    hammers = await make(person, "Hammers", await make(person, "Hand tools", tools))

    answers = [
        await change(person, tools, parent_id=hammers["id"]),
        await change(person, tools, parent_id=tools["id"]),
    ]

    assert [answer.json()["code"] for answer in answers] == ["category_cycle"] * 2
    assert await tree(person) == [(1, "Tools"), (2, "Hand tools"), (3, "Hammers")]


async def test_five_levels_are_the_end_also_for_what_moves_along(person):
    last = None
    for level in range(5):
        last = await make(person, f"Level {level + 1}", last)
    branch = await make(person, "Branch")
    await make(person, "Twig", branch)
    [*_, fourth] = [
        row
        for row in (await person.client.get("/api/categories")).json()["items"]
        if row["depth"] == 4
    ]

    sixth = await person.client.post(
        "/api/categories", json={"name": "Level 6", "parent_id": last["id"]}
    )
    moved = await change(person, branch, parent_id=fourth["id"])

    assert (sixth.status_code, sixth.json()["code"]) == (409, "category_too_deep")
    assert moved.json()["code"] == "category_too_deep"
    assert (2, "Twig") in await tree(person)


async def test_two_branches_that_move_into_each_other_at_once_make_no_cycle(person):
    for number in range(6):
        one, two = await make(person, f"One {number}"), await make(person, f"Two {number}")

        answers = await asyncio.gather(
            change(person, one, parent_id=two["id"]), change(person, two, parent_id=one["id"])
        )

        outcomes = sorted(answer.json().get("code", "changed") for answer in answers)
        assert outcomes == ["category_cycle", "changed"]


async def test_what_is_added_while_its_place_moves_away_goes_along(person):
    for number in range(6):
        root, place = await make(person, f"Root {number}"), await make(person, f"Place {number}")

        moved, added = await asyncio.gather(
            change(person, place, parent_id=root["id"]),
            person.client.post("/api/categories", json={"name": "New", "parent_id": place["id"]}),
        )

        assert (moved.status_code, added.status_code) == (200, 201)
        rows = (await person.client.get(f"/api/categories?parent_id={place['id']}")).json()["items"]
        assert [(row["name"], row["depth"]) for row in rows] == [("New", 3)]


@pytest.mark.parametrize("verb", ["create", "change", "product"])
async def test_an_unknown_place_is_refused_by_its_field(person, other, verb):
    theirs = await make(other, "Theirs")
    mine, product = await make(person, "Mine"), await make_product(person)

    for category_id in (NOBODY, theirs["id"]):
        if verb == "create":
            body = {"name": "New", "parent_id": category_id}
            answer = await person.client.post("/api/categories", json=body)
        elif verb == "change":
            answer = await change(person, mine, parent_id=category_id)
        else:
            body = {"category_id": category_id}
            answer = await person.client.patch(f"/api/products/{product['id']}", json=body)

        [error] = answer.json()["errors"]
        field = "/category_id" if verb == "product" else "/parent_id"
        assert (answer.status_code, error["pointer"], error["code"]) == (
            422,
            field,
            "unknown_category",
        )


async def test_only_an_empty_category_is_removed(person):
    tools = await make(person, "Tools")
    hammers = await make(person, "Hammers", tools)
    product = await make_product(person, category_id=hammers["id"])

    refused = [
        await person.client.delete(f"/api/categories/{each['id']}") for each in (tools, hammers)
    ]
    await person.client.patch(f"/api/products/{product['id']}", json={"category_id": None})
    removed = [
        await person.client.delete(f"/api/categories/{each['id']}") for each in (hammers, tools)
    ]

    assert [answer.json()["code"] for answer in refused] == ["in_use"] * 2
    assert [answer.status_code for answer in removed] == [204, 204]
    assert await tree(person) == []


async def test_a_category_is_changed_only_at_the_version_that_was_read(person):
    tools = await make(person, "Tools")
    path = f"/api/categories/{tools['id']}"
    await change(person, tools, name="Devices")

    answers = [
        await person.client.patch(path, json={"name": "X"}, headers={"If-Match": '"1"'}),
        await person.client.delete(path, headers={"If-Match": '"1"'}),
    ]

    assert [answer.status_code for answer in answers] == [412, 412]
    assert answers[0].json()["current"]["name"] == "Devices"


async def test_changes_leave_a_trace_and_no_change_leaves_none(person):
    tools = await make(person, "Tools")
    await change(person, tools, name="Devices")

    same = await change(person, tools, name="Devices")

    assert same.json()["version"] == 2
    assert await history_of(person, tools) == [
        ("category.changed", {"name": ["Tools", "Devices"]}),
        ("category.created", {"name": [None, "Tools"]}),
    ]


async def test_a_product_shows_its_category_and_is_found_by_it(person):
    tools = await make(person, "Tools")
    hammers = await make(person, "Hammers", tools)
    made = await make_product(person, name="Mallet", category_id=hammers["id"])
    await make_product(person, name="Saw", category_id=tools["id"])
    await make_product(person, name="Lamp")

    [row] = (await person.client.get("/api/products?q=mallet")).json()["items"]

    assert (made["category_id"], made["category_name"]) == (hammers["id"], "Hammers")
    assert (row["category_id"], row["category_name"]) == (hammers["id"], "Hammers")
    assert await names_in(person, tools) == ["Mallet", "Saw"]
    assert await names_in(person, hammers) == ["Mallet"]
    assert await names_in(person, {"id": NOBODY}) == []
