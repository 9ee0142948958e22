"""Two languages. Messages are short English; Chinese is the default and complete.

Each room has a catalogue, ``translations/zh_CN/<room>.po``, read when the app starts: there is no
compiled file that could be older than its source.
"""

from __future__ import annotations

import io
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from babel import Locale
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import NullTranslations, Translations
from flask import Flask, g, has_request_context, request
from flask_babel import Babel, Domain, get_locale
from flask_babel import gettext as _

from . import clock

TRANSLATIONS = Path(__file__).resolve().parent.parent / "translations"
LOCALES = ("zh_CN", "en")
COOKIE = "lang"
WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")

# Parsed once: Babel looks through every locale it knows each time it is given a name.
_PARSED = {name: Locale.parse(name) for name in LOCALES}


@cache
def catalogue(locale: str) -> NullTranslations:
    """Return the merged catalogue of ``locale``; empty for English, the language of the source."""
    merged = Catalog(locale=locale)
    for path in sorted((TRANSLATIONS / locale).glob("*.po")):
        with path.open("rb") as file:
            for message in read_po(file, locale=locale):
                if message.id and message.string:
                    merged.add(message.id, message.string, context=message.context)
    if not len(merged):
        return NullTranslations()
    compiled = io.BytesIO()
    write_mo(compiled, merged)
    compiled.seek(0)
    return Translations(compiled)


class Rooms(Domain):
    """The messages of all rooms as one domain."""

    def get_translations(self) -> Any:
        """Return the catalogue of the locale in use."""
        locale = get_locale()
        # Babel spells zh_CN with its script, zh_Hans_CN.
        return catalogue("en" if locale and locale.language == "en" else LOCALES[0])


class RoomBabel(Babel):
    """Flask-Babel, with the rooms' messages as its domain."""

    @property
    def domain_instance(self) -> Rooms:
        """Return the one domain there is."""
        return Rooms(domain="rooms")


def init_app(app: Flask) -> None:
    """Teach ``app`` its languages and how templates write dates."""
    RoomBabel(app, default_domain="rooms", locale_selector=lambda: _PARSED[chosen_locale()])
    app.jinja_env.filters.update(
        day=format_day,
        clock=format_clock,
        shortday=format_short_day,
        nearday=format_near_day,
        when=format_when,
    )
    app.jinja_env.globals["current_locale"] = chosen_locale  # for macros, which see no variables

    @app.context_processor
    def language() -> dict[str, Any]:
        locale = chosen_locale()
        return {"locale": locale, "html_lang": "zh-CN" if locale == "zh_CN" else "en"}


def chosen_locale() -> str:
    """Return the language of the page: the person's own, else the cookie's, else Chinese."""
    if not has_request_context():
        return LOCALES[0]
    chosen = g.get("locale") or request.cookies.get(COOKIE)
    return chosen if chosen in LOCALES else LOCALES[0]


def is_known_locale(name: str) -> bool:
    """Tell whether the product speaks ``name``."""
    return name in LOCALES


def local(moment: datetime) -> datetime:
    """Return ``moment`` as the clock on the viewer's wall shows it."""
    zone = g.get("time_zone", "Asia/Shanghai") if has_request_context() else "Asia/Shanghai"
    return moment.astimezone(ZoneInfo(zone))


def _day_of(value: date | datetime) -> date:
    return local(value).date() if isinstance(value, datetime) else value


def format_day(value: date | datetime) -> str:
    """Return a day with its weekday: 11月22日 周日, Sunday, 22 November."""
    day = _day_of(value)
    if chosen_locale() == "zh_CN":
        return f"{day.month}月{day.day}日 周{'一二三四五六日'[day.weekday()]}"
    names = Locale("en")
    return f"{names.days['format']['wide'][day.weekday()]}, {day.day} {_month(day, 'wide')}"


def format_short_day(value: date | datetime) -> str:
    """Return a day without its weekday: 11月22日, 22 Nov; with the year when it is another one."""
    day = _day_of(value)
    is_this_year = day.year == local(clock.now()).year
    if chosen_locale() == "zh_CN":
        text = f"{day.month}月{day.day}日"
        return text if is_this_year else f"{day.year}年{text}"
    text = f"{day.day} {_month(day, 'abbreviated')}"
    return text if is_this_year else f"{text} {day.year}"


def format_near_day(value: date | datetime) -> str:
    """Return a day, its weekday first when it is of the coming two weeks: 周四 11月26日."""
    day = _day_of(value)
    if not 0 <= (day - local(clock.now()).date()).days < 14:
        return format_short_day(value)
    if chosen_locale() == "zh_CN":
        return f"周{'一二三四五六日'[day.weekday()]} {format_short_day(day)}"
    return f"{Locale('en').days['format']['abbreviated'][day.weekday()]} {format_short_day(day)}"


def _month(day: date, width: str) -> str:
    return str(Locale("en").months["format"][width][day.month])


def format_clock(value: datetime) -> str:
    """Return the time of day: 14:32."""
    return f"{local(value):%H:%M}"


def format_when(value: datetime) -> str:
    """Return the time of day, after the day unless that is today."""
    day = _day_of(value)
    if day == local(clock.now()).date():
        return str(_("Today %(time)s", time=format_clock(value)))
    return f"{format_short_day(value)} {format_clock(value)}"
