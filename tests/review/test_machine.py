"""The desk under random hands: whatever people try, what is published is soundly signed."""

from __future__ import annotations

import contextlib
from datetime import timedelta

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from quizapp.accounts.permissions import Role
from quizapp.core import clock
from quizapp.core.forms import Refusal
from quizapp.review import rules, service
from tests.conftest import NOW
from tests.review.conftest import HASHES, digest
from tests.review.test_service import with_roles
from tests.savepoints import undone

LEVELS = st.sampled_from(["first", "second", "final"])
WHO = st.sampled_from(["author", "first", "second", "final"])
CASES = st.integers(0, 3)
ALL_ROLES = (Role.AUTHOR, Role.FIRST_REVIEWER, Role.SECOND_REVIEWER, Role.FINAL_REVIEWER)


def test_whatever_people_try_the_desk_stays_sound(made, hand_in):
    """Everybody has every role, so that only the machine itself keeps them apart."""
    people = {
        name: with_roles(getattr(made, name), *ALL_ROLES)
        for name in ("author", "first", "second", "final")
    }

    class Desk(RuleBasedStateMachine):
        """One thing after the other, most of it refused."""

        def __init__(self) -> None:
            super().__init__()
            self.stack = contextlib.ExitStack()
            self.stack.enter_context(undone())
            self.cases: list[str] = []
            self.now = NOW

        def teardown(self) -> None:
            self.stack.close()

        def at(self, place: int) -> str | None:
            return self.cases[place % len(self.cases)] if self.cases else None

        @contextlib.contextmanager
        def trying(self):
            with contextlib.suppress(Refusal), clock.frozen(self.now):
                yield

        @rule(who=WHO, thread=st.integers(1, 2), is_typo=st.booleans())
        def submit(self, who, thread, is_typo):
            with self.trying():
                number = len(self.cases) + 1
                self.cases.append(
                    hand_in(number, thread_id=thread, author=people[who], is_typo=is_typo)
                )

        @rule(place=CASES, who=WHO, level=LEVELS, is_right=st.booleans(), later=st.booleans())
        def sign(self, place, who, level, is_right, later):
            with self.trying():
                if case_id := self.at(place):
                    service.pass_level(
                        people[who],
                        case_id,
                        level=level,
                        seen_hash=digest("a" if is_right else "b"),
                        ticked=rules.CHECKLISTS[level],
                        publish_at=self.now + timedelta(days=1) if later else None,
                    )

        @rule(place=CASES, who=WHO)
        def sign_where_it_stands(self, place, who):
            if case_id := self.at(place):
                level = service.get_case(people["author"], case_id).state
                if level in rules.CHECKLISTS:
                    self.sign(place, who, level, True, False)

        @rule(place=CASES, who=WHO, level=LEVELS)
        def send_back(self, place, who, level):
            with self.trying():
                if case_id := self.at(place):
                    service.return_wording(
                        people[who], case_id, level=level, seen_hash=digest("a"), comment="改"
                    )

        @rule(place=CASES, who=WHO, act=st.sampled_from(["cancel", "publish", "withdraw"]))
        def end(self, place, who, act):
            with self.trying():
                case_id = self.at(place)
                if case_id and act == "cancel":
                    service.cancel(people[who], case_id)
                elif case_id and act == "publish":
                    service.publish_now(people[who], case_id)
                elif case_id:
                    service.withdraw(people[who], case_id, "停用")

        @rule()
        def a_day_passes(self):
            self.now += timedelta(days=1)
            with clock.frozen(self.now):
                service.publish_due()
                service.expire("notice", [1])

        @invariant()
        def what_is_published_is_soundly_signed(self):
            assert list(service.find_unsound()) == []

        @invariant()
        def a_thing_has_one_wording_at_most_in_each_place(self):
            views = [service.get_case(people["author"], case_id) for case_id in self.cases]
            for thread in (1, 2):
                states = [view.state for view in views if view.thread_id == thread]
                assert states.count("published") <= 1
                assert sum(state in rules.UNDERWAY for state in states) <= 1

        @invariant()
        def nobody_is_asked_to_review_their_own(self):
            for name, person in people.items():
                for line in service.list_queue(person, "waiting").lines:
                    view = service.get_case(person, line.public_id)
                    assert not view.blocked, name
                    assert not view.is_mine, name

    run_state_machine_as_test(
        Desk, settings=settings(max_examples=15, stateful_step_count=20, deadline=None)
    )
    HASHES.clear()
