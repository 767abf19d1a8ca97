"""The address of an organization, made from its name."""

import re
from itertools import islice

import pytest
from hypothesis import given
from hypothesis import strategies as st

from erp.organizations.actions.founding import slugs_for
from erp.organizations.models import RESERVED_SLUGS

SLUG = re.compile(r"[a-z0-9][a-z0-9-]{1,38}")


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("Northwind Workshop", "northwind-workshop"),
        ("Müller & Söhne GmbH", "muller-sohne-gmbh"),
        ("  --Ada's  Works-- ", "ada-s-works"),
        ("ＦＵＬＬ width", "full-width"),  # noqa: RUF001
        ("Straße 7", "strasse-7"),
        ("A", "team-a"),
        ("42", "42"),
        ("東京商事", "team"),
        ("!!!", "team"),
        ("x" * 200, "x" * 34),
        ("a" * 33 + " b", "a" * 33),
    ],
)
def test_a_name_becomes_a_plain_slug(name: str, slug: str):
    assert next(slugs_for(name)) == slug


@pytest.mark.parametrize("name", sorted(RESERVED_SLUGS))
def test_words_of_our_own_addresses_are_reserved(name: str):
    found = list(slugs_for(name.title()))

    assert not RESERVED_SLUGS & set(found)
    assert all(re.fullmatch(rf"{name}-[0-9a-f]{{4}}", slug) for slug in found)


def test_the_reserved_words_are_those_of_the_design():
    design = "api assets compat health docs login signup verify forgot reset invite me admin new"

    assert set(design.split()) <= RESERVED_SLUGS


def test_a_taken_slug_has_variants():
    first, *variants = slugs_for("Northwind")

    assert first == "northwind"
    assert len(set(variants)) >= 5
    assert all(re.fullmatch(r"northwind-[0-9a-f]{4}", slug) for slug in variants)


@given(st.text(min_size=1, max_size=200))
def test_every_name_has_a_slug_that_fits(name: str):
    for slug in islice(slugs_for(name), 2):
        assert SLUG.fullmatch(slug)
        assert slug not in RESERVED_SLUGS
        assert not slug.endswith("-")
