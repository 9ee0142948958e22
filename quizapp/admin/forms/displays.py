"""Forms about displays and what is written on them. Units are found by name where they are many."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import (
    DateField,
    DateTimeLocalField,
    Field,
    IntegerField,
    SelectChoice,
    SelectField,
    SelectMultipleField,
    StringField,
)
from wtforms.validators import DataRequired, Length, NumberRange, Optional

from quizapp.boards import rules
from quizapp.boards.service import Draft, Look, UnitChoice
from quizapp.core.forms import Form, stripped

_NEEDED = DataRequired(_l("Please fill this in."))
_DAY_NEEDED = DataRequired(_l("Please give a day, such as 2026-11-22."))
INDENT = "\u3000"  # an ideographic space: a select has no other way to show depth
PAGE_NAMES = {
    rules.BOARD: _l("Team board"),
    rules.PRESHIFT: _l("Pre-shift question"),
    rules.HONOURS: _l("Wall of honour"),
    rules.EVENT: _l("Next event"),
    rules.COUNTDOWN: _l("Countdown"),
    rules.NOTICES: _l("Notices"),
}
_WORDS = ("title", "text", "place", "host", "seats", "link", "person", "team", "under")
PLACES = range(1, len(rules.PAGES) + 1)


def unit_choices(units: Iterable[UnitChoice]) -> list[SelectChoice]:
    """Return units as choices of a select, indented by depth."""
    return [SelectChoice(unit.public_id, INDENT * unit.depth + unit.name) for unit in units]


class DisplayForm(Form):
    """Where a display hangs and how it looks."""

    unit = SelectField(_l("Unit"), validators=[_NEEDED], validate_choice=False)
    find = StringField(_l("Find a unit"), filters=[stripped])
    name = StringField(_l("Place"), validators=[Optional(), Length(max=80)], filters=[stripped])
    distance_m = SelectField(
        _l("Viewing distance"),
        coerce=int,
        choices=[
            SelectChoice(4, _l("4 m")),
            SelectChoice(6, _l("6 m")),
            SelectChoice(8, _l("8 m")),
            SelectChoice(10, _l("10 m")),
        ],
        default=8,
        validate_choice=False,
    )
    theme = SelectField(
        _l("Look"),
        choices=[SelectChoice("dark", _l("dark")), SelectChoice("light", _l("light"))],
        default="dark",
        validate_choice=False,
    )


class PairForm(DisplayForm):
    """The code on an unpaired display."""

    code = StringField(_l("Pairing code"), validators=[_NEEDED, Length(max=20)], filters=[stripped])


class DisplaySettingsForm(DisplayForm):
    """What a display that is paired turns through, and when it is bright; see ``page_fields``."""

    hours = StringField(
        _l("Hours of the pre-shift question"),
        validators=[Optional(), Length(max=80)],
        filters=[stripped],
        description=_l("Like 05:30-09:00 13:30-15:30; then it has the wall to itself"),
    )
    awake = StringField(
        _l("Hours on the wall"),
        validators=[Optional(), Length(max=20)],
        filters=[stripped],
        description=_l("Like 06:30-20:30; outside them it is dark. Empty: always bright"),
    )

    @property
    def page_fields(self) -> list[tuple[Field, Field]]:
        """Return the fields of each place of the sequence: which page, for how many seconds."""
        return [(self[f"page_{n}"], self[f"seconds_{n}"]) for n in PLACES]

    def look(self) -> Look:
        """Return what was typed; places without a page are left out."""
        pages = [(page.data, seconds.data) for page, seconds in self.page_fields if page.data]
        return Look(
            name=self.name.data or "",
            unit_public_id=self.unit.data or "",
            distance_m=self.distance_m.data,
            theme=self.theme.data,
            pages=tuple((name, seconds or rules.PAGE_SECONDS) for name, seconds in pages),
            hours=self.hours.data or "",
            awake=self.awake.data or "",
        )


for _place in PLACES:  # a sequence is so many fields in a row, in forms without a script too
    setattr(
        DisplaySettingsForm,
        f"page_{_place}",
        SelectField(
            _l("Page %(n)s", n=_place),
            choices=[SelectChoice("", "—")]
            + [SelectChoice(name, word) for name, word in PAGE_NAMES.items()],
            default="",
            validate_choice=False,
        ),
    )
    setattr(
        DisplaySettingsForm,
        f"seconds_{_place}",
        IntegerField(
            _l("Seconds of page %(n)s", n=_place),
            validators=[
                Optional(),
                NumberRange(*rules.SECONDS, message=_l("Between 6 and 60 seconds.")),
            ],
            default=rules.PAGE_SECONDS,
        ),
    )


class BulletinForm(Form):
    """Something on walls; which of the fields are asked for depends on its kind."""

    title = StringField(_l("Title"), validators=[Length(max=200)], filters=[stripped])
    text = StringField(_l("Text"), validators=[Length(max=400)], filters=[stripped])
    units = SelectMultipleField(_l("On the walls of"), validate_choice=False)
    find = StringField(_l("Find a unit"), filters=[stripped])
    starts_on = DateField(_l("First day"), validators=[_DAY_NEEDED])
    ends_on = DateField(_l("Last day"), validators=[_DAY_NEEDED])
    begins_at = DateTimeLocalField(_l("Begins"), validators=[Optional()])
    join_until = DateField(_l("Sign up by"), validators=[Optional()])
    place = StringField(_l("Where"), validators=[Length(max=200)], filters=[stripped])
    host = StringField(_l("Host"), validators=[Length(max=200)], filters=[stripped])
    seats = StringField(_l("Seats"), validators=[Length(max=200)], filters=[stripped])
    link = StringField(
        _l("Page to scan"),
        validators=[Length(max=rules.LINK)],
        filters=[stripped],
        description=_l("A path of this site, such as /training; the wall shows its code"),
    )
    day = DateField(_l("Day"), validators=[Optional()])
    person = StringField(_l("Employee number"), validators=[Length(max=40)], filters=[stripped])
    picked = StringField(filters=[stripped])  # a person among those who were found
    team = SelectField(_l("Team"), validate_choice=False, default="")
    under = StringField(_l("Below the name"), validators=[Length(max=200)], filters=[stripped])

    def offer(self, units: Sequence[UnitChoice], today: date) -> None:
        """Offer units to choose from, and today as the first day."""
        self.team.choices = [SelectChoice("", "—"), *unit_choices(units)]
        self.starts_on.data = self.starts_on.data or today

    def draft(self, kind: str) -> Draft:
        """Return what was typed, as a bulletin of ``kind``."""
        assert self.starts_on.data
        assert self.ends_on.data
        words: dict[str, Any] = {name: self[name].data or "" for name in _WORDS}
        words["person"] = self.picked.data or words["person"]
        return Draft(
            kind=kind,
            units=tuple(self.units.data or ()),
            starts_on=self.starts_on.data,
            ends_on=self.ends_on.data,
            begins_at=self.begins_at.data,
            join_until=self.join_until.data,
            day=self.day.data,
            **words,
        )
