"""The state machine of review, and who may sign."""

from __future__ import annotations

from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quizapp.review import rules

STATES = (
    "first",
    "second",
    "final",
    "scheduled",
    "published",
    "returned",
    "withdrawn",
    "expired",
    "superseded",
    "cancelled",
)
H = "h" * 64


@pytest.mark.parametrize(
    ("levels", "is_typo", "path"),
    [
        (3, False, ("first", "second", "final")),
        (3, True, ("second", "final")),
        (2, False, ("first", "final")),
        (2, True, ("first", "final")),
        (1, False, ("final",)),
    ],
)
def test_every_way_ends_with_the_final_level(levels, is_typo, path):
    assert rules.path_of(levels, is_typo=is_typo) == path
    walked = [path[0]]
    while following := rules.after(path, walked[-1]):
        walked.append(following)
    assert tuple(walked) == path


def test_nothing_leaves_a_state_that_is_final():
    for state in ("returned", "withdrawn", "expired", "superseded", "cancelled"):
        assert not [act for act in rules.ENDS if rules.may(act, state)]


def test_what_may_happen_where():
    table = {act: [state for state in STATES if rules.may(act, state)] for act in rules.ENDS}
    assert table == {
        "return": ["first", "second", "final"],
        "cancel": ["first", "second", "final", "scheduled"],
        "publish": ["final", "scheduled"],
        "schedule": ["final"],
        "withdraw": ["published"],
        "expire": ["published"],
        "supersede": ["published"],
    }


@given(
    st.integers(1, 5),
    st.none() | st.integers(1, 5),
    st.sets(st.none() | st.integers(1, 5)),
    st.booleans(),
)
def test_only_a_third_person_with_the_role_signs(person, author, signed, has_role):
    why = rules.why_not_sign(person, author_id=author, signed_by=signed, has_role=has_role)
    assert (why == "") == (person != author and person not in signed and has_role)


def test_missing_points_come_in_the_order_of_the_list():
    assert rules.missing_points(("a", "b", "c"), {"b"}) == ("a", "c")
    assert rules.missing_points(("a",), {"a", "z"}) == ()


PATH = ("first", "second", "final")


def signatures(people=(1, 2, 3), signed=H):
    return [(stage, person, signed) for stage, person in zip(PATH, people, strict=True)]


def test_three_different_people_who_are_not_the_author_carry_a_wording():
    for people in permutations((1, 2, 3)):
        assert rules.why_unsound(PATH, 4, H, signatures(people)) == ""
    assert rules.why_unsound(PATH, None, H, signatures()) == ""
    assert rules.why_unsound(PATH, 4, H, [("demo", None, H)]) == ""


@pytest.mark.parametrize(
    ("author", "signed", "why"),
    [
        (1, signatures(), "signed by its author"),
        (4, signatures((1, 2, 1)), "signed twice by one person"),
        (4, signatures()[:2], "published without the signatures for it"),
        (4, signatures(signed="x"), "signed for other content"),
        (4, [], "published without the signatures for it"),
        (4, [*signatures(), ("demo", None, H)], "published without the signatures for it"),
    ],
)
def test_anything_else_does_not(author, signed, why):
    assert rules.why_unsound(PATH, author, H, signed) == why
