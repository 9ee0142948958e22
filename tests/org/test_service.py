"""Units in a tree, dated memberships, and the members that count."""

from __future__ import annotations

from datetime import date, timedelta
from io import BytesIO

import pytest
from PIL import Image

from quizapp.core.forms import Refusal
from quizapp.org import rules, service
from quizapp.org.models import Unit
from tests.factories import people

TODAY = date(2026, 11, 18)


def unit(db, unit_id):
    """Return a unit's row."""
    return db.session.get_one(Unit, unit_id)


def test_a_path_leads_from_the_root_down(db, world):
    path = unit(db, world.team).path
    assert path.endswith(f"/{world.plant}/{world.workshop}/{world.team}/")


def test_a_moved_unit_takes_everything_below_it_along(db, world):
    root = unit(db, world.plant).parent_id
    other_plant = people.unit(world.organisation, root, rules.PLANT, "二厂", "A2")
    service.move_unit(world.workshop, other_plant)
    assert f"/{other_plant}/{world.workshop}/{world.team}/" in unit(db, world.team).path


def test_a_unit_cannot_lie_below_itself(db, world):
    before = unit(db, world.plant).path
    with pytest.raises(Refusal):
        service.move_unit(world.plant, world.workshop)
    assert unit(db, world.plant).path == before


def test_a_workshop_does_not_fit_below_a_team(world):
    with pytest.raises(Refusal):
        service.add_unit(world.organisation, world.team, kind=rules.WORKSHOP, name="车间", code="X")


def test_a_code_is_used_once_in_an_organisation_and_again_in_another(world):
    with pytest.raises(Refusal):
        service.add_unit(world.organisation, world.workshop, kind="team", name="班", code="A111")
    assert people.unit(world.other_organisation, None, "group", "第二棵树", "A111")


def test_a_unit_with_people_or_units_below_stays_open(db, world):
    for busy in (world.team, world.workshop):
        with pytest.raises(Refusal):
            service.close_unit(world.people["dana"], busy)
    empty = people.unit(world.organisation, world.workshop, rules.TEAM, "空班", "A119")
    service.close_unit(world.people["dana"], empty)
    assert not unit(db, empty).is_active


def test_a_move_ends_the_old_membership_and_keeps_it(db, world):
    bob = world.people["bob"]
    other = people.unit(world.organisation, world.workshop, rules.TEAM, "焊装二班", "A112")
    assert service.join_unit(bob, other, TODAY)
    assert service.unit_on(bob, TODAY) == other
    assert service.unit_on(bob, TODAY - timedelta(days=1)) == world.team
    assert [name for name, *_days in service.list_memberships(bob)] == ["焊装二班", "焊装一班"]


def test_moving_to_where_one_is_changes_nothing(world):
    assert not service.join_unit(world.people["bob"], world.team, TODAY)


def test_a_move_behind_a_later_one_is_refused(world):
    bob = world.people["bob"]
    other = people.unit(world.organisation, world.workshop, rules.TEAM, "焊装二班", "A112")
    service.join_unit(bob, other, TODAY + timedelta(days=10))
    with pytest.raises(Refusal):
        service.join_unit(bob, other, TODAY)


def test_a_membership_without_a_day_left_disappears(world):
    bob = world.people["bob"]
    other = people.unit(world.organisation, world.workshop, rules.TEAM, "焊装二班", "A112")
    service.join_unit(bob, other, TODAY)
    service.join_unit(bob, world.team, TODAY)
    assert len(service.list_memberships(bob)) == 2  # the old one, and the one back
    assert service.unit_on(bob, TODAY) == world.team


def test_members_below_a_unit_are_counted_up_to_the_root(world):
    counts = service.count_members(world.organisation, TODAY)
    assert counts[world.team] == counts[world.workshop] == counts[world.plant] == 8


def test_who_is_absent_does_not_count(world):
    bob = world.people["bob"]
    service.record_absence(bob, TODAY, TODAY + timedelta(days=2))
    days = service.eligible_members(
        [world.team], TODAY - timedelta(days=1), TODAY + timedelta(days=2)
    )
    assert [days[world.team, TODAY + timedelta(days=n)] for n in (-1, 0, 1, 2)] == [8, 7, 7, 8]
    assert service.count_eligible(world.organisation, TODAY)[world.team] == 7


def test_both_ways_of_counting_agree(world):
    service.record_absence(world.people["alice"], TODAY, None)
    for day in (TODAY - timedelta(days=3), TODAY):
        one = service.eligible_members([world.team], day, day)[world.team, day]
        assert service.count_eligible(world.organisation, day)[world.team] == one


def test_a_time_zone_that_does_not_exist_is_refused(world):
    with pytest.raises(Refusal):
        service.change_settings(1, world.organisation, name="甲", time_zone="Mars/Olympus")


def picture(kind: str, size: tuple[int, int] = (400, 200)) -> bytes:
    """Return an encoded picture."""
    drawn = BytesIO()
    Image.new("RGB", size, "red").save(drawn, format=kind)
    return drawn.getvalue()


def test_a_logo_is_drawn_anew_and_made_small(world):
    upload = picture("PNG") + b"<script>alert(1)</script>"
    service.change_logo(world.people["dana"], world.organisation, upload)
    public_id = service.get_organisation(world.organisation).public_id
    kept = service.find_logo(public_id)
    assert b"script" not in kept
    with Image.open(BytesIO(kept)) as image:
        assert image.size == (256, 128)


@pytest.mark.parametrize(
    "upload",
    [b"", b"<svg/>", b"\x89PNG\r\n\x1a\n broken", picture("JPEG"), b"x" * (1024 * 1024 + 1)],
)
def test_anything_but_a_small_png_is_refused(world, upload):
    with pytest.raises(Refusal):
        service.change_logo(world.people["dana"], world.organisation, upload)
    assert service.get_organisation(world.organisation).logo is None
