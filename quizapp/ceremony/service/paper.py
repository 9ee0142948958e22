"""The honours of a season on paper: an A4 sheet to hang up, then a certificate for each team.

Drawn with a CID font: the file names the font and its reader has it, so that it stays small and no
font has to be shipped.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from flask_babel import format_date
from flask_babel import gettext as _
from reportlab.lib.colors import HexColor
from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas

from .words import bracket_name, not_for_appraisal, place_name

if TYPE_CHECKING:
    from ..rules import Honoured
    from .packing import Pack, Podium

FONT = "STSong-Light"
INK, SOFT, HINT = HexColor("#16202B"), HexColor("#4A5866"), HexColor("#5B6977")
NAVY, GOLD, SEAL, LINE = (HexColor(c) for c in ("#17476D", "#8A5A12", "#B23A2A", "#C9D1D8"))
WIDTH, HEIGHT = A4
EDGE = 22 * mm
MIDDLE = WIDTH / 2
SEALED = 16  # characters of the hash, as everywhere


def write_paper(pack: Pack) -> bytes:
    """Return the sheet of honours and the certificates as PDF."""
    pdfmetrics.registerFont(UnicodeCIDFont(FONT))
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=A4, invariant=1, pageCompression=1)
    canvas.setTitle(" ".join((_("Honours"), pack.boards.season_name)))
    canvas.setAuthor(pack.boards.organisation_name)
    _sheet(canvas, pack)
    for bracket, team, honour in _certificates(pack):
        _certificate(canvas, pack, bracket, team, honour)
    canvas.save()
    return out.getvalue()


def _certificates(pack: Pack) -> Iterator[tuple[str, Honoured, str]]:
    """Yield bracket, team and honour of every certificate, the winners first."""
    for podium in pack.podiums:
        teams = [team for column in podium.columns for team in column.teams]
        for team in sorted(teams, key=lambda team: (0 if pack.is_light else team.rank, team.name)):
            honour = _("Honoured team") if pack.is_light else place_name(team.rank)
            yield podium.bracket, team, honour
        for team in podium.most_improved:
            yield podium.bracket, team, _("Most improved")


# --- drawing --------------------------------------------------------------------------------------


def _text(canvas: Canvas, x: float, y: float, words: str, *, size: float, **look: Any) -> None:
    """Write a line; ``most`` is the width it may take, ``at`` is left, middle or right."""
    most = look.get("most", WIDTH - 2 * EDGE)
    width = pdfmetrics.stringWidth(words, FONT, size)
    if width > most:
        size *= most / width
    canvas.setFillColor(look.get("color", INK))
    canvas.setFont(FONT, size)
    draw = {
        "left": canvas.drawString,
        "middle": canvas.drawCentredString,
        "right": canvas.drawRightString,
    }[look.get("at", "left")]
    draw(x, y, words)


def _rule(canvas: Canvas, y: float, *, color: Any = LINE, width: float = 0.6) -> None:
    canvas.setStrokeColor(color)
    canvas.setLineWidth(width)
    canvas.line(EDGE, y, WIDTH - EDGE, y)


def _grades(canvas: Canvas, y: float, color: Any = GOLD) -> None:
    """Draw the graduated rule, the mark of the house, across the page."""
    canvas.setStrokeColor(color)
    canvas.setLineWidth(0.5)
    steps = 60
    for step in range(steps + 1):
        x = EDGE + (WIDTH - 2 * EDGE) * step / steps
        canvas.line(x, y, x, y + (3.2 * mm if step % 10 == 0 else 1.6 * mm))
    canvas.line(EDGE, y, WIDTH - EDGE, y)


def _seal(canvas: Canvas, x: float, y: float, words: str, size: float) -> None:
    """Draw the seal of first place: white characters on cinnabar, from its lower left corner."""
    width = max(size, pdfmetrics.stringWidth(words, FONT, size * 0.5) + size * 0.4)
    canvas.setFillColor(SEAL)
    canvas.roundRect(x, y, width, size, size * 0.1, stroke=0, fill=1)
    canvas.setStrokeColor(HexColor("#FFFFFF"))
    canvas.setLineWidth(size * 0.025)
    inner = size * 0.06
    canvas.roundRect(x + inner, y + inner, width - 2 * inner, size - 2 * inner, size * 0.07)
    _text(
        canvas,
        x + width / 2,
        y + size * 0.32,
        words,
        size=size * 0.5,
        at="middle",
        color=HexColor("#FFFFFF"),
    )


def _days(pack: Pack) -> str:
    return (
        f"{format_date(pack.boards.starts_on, 'long')} – {format_date(pack.boards.ends_on, 'long')}"
    )


def _foot(canvas: Canvas, pack: Pack) -> None:
    closed = format_date(pack.boards.closed_at, "long")
    _rule(canvas, EDGE + 9 * mm)
    _text(canvas, EDGE, EDGE + 4 * mm, not_for_appraisal(), size=9, color=HINT)
    words = (
        _("Closed on %(day)s", day=closed)
        + " · "
        + _("Sealed: %(hash)s", hash=pack.boards.hash[:SEALED])
    )
    _text(canvas, EDGE, EDGE - 1 * mm, words, size=9, color=HINT)


# --- the sheet ------------------------------------------------------------------------------------


def _sheet(canvas: Canvas, pack: Pack) -> None:
    """Draw all honours on one page; more brackets or ties than it holds go on the next."""
    y = _sheet_head(canvas, pack)
    for podium in pack.podiums:
        rows = sum(len(column.teams) for column in podium.columns)
        if y - (20 + 11 * rows) * mm < EDGE + 14 * mm:
            _foot(canvas, pack)
            canvas.showPage()
            y = HEIGHT - EDGE
        y = _group(canvas, pack, podium, y)
    if not pack.podiums:
        words = _("In this season no team had five people or more.")
        _text(canvas, MIDDLE, y - 20 * mm, words, size=14, at="middle", color=SOFT)
    _foot(canvas, pack)
    canvas.showPage()


def _sheet_head(canvas: Canvas, pack: Pack) -> float:
    y = HEIGHT - EDGE - 6 * mm
    _text(canvas, MIDDLE, y, pack.boards.organisation_name, size=15, at="middle", color=SOFT)
    _text(canvas, MIDDLE, y - 21 * mm, _("Honours"), size=44, at="middle", color=NAVY)
    words = f"{pack.boards.season_name}  ·  {_days(pack)}"
    _text(canvas, MIDDLE, y - 33 * mm, words, size=14, at="middle", color=SOFT)
    _grades(canvas, y - 44 * mm)
    return float(y - 54 * mm)


def _group(canvas: Canvas, pack: Pack, podium: Podium, y: float) -> float:
    """Draw a bracket from ``y`` down and return where the next one begins."""
    _text(canvas, EDGE, y - 6 * mm, bracket_name(podium.bracket), size=13, color=HINT)
    y -= 10 * mm
    teams = sorted(
        (team for column in podium.columns for team in column.teams),
        key=lambda team: (0 if pack.is_light else team.rank, team.name),
    )
    for team in teams:
        y = _line(canvas, team, y, is_light=pack.is_light)
    if podium.most_improved:
        names = _(", ").join(team.name for team in podium.most_improved)
        words = "  ".join((_("Most improved"), names))
        _text(canvas, EDGE, y - 6 * mm, words, size=13, color=GOLD)
        y -= 9 * mm
    return y - 5 * mm


def _line(canvas: Canvas, team: Honoured, y: float, *, is_light: bool) -> float:
    is_first = team.rank == 1 and not is_light
    base = y - 8 * mm
    x = EDGE
    if not is_light:
        if is_first:
            _seal(canvas, EDGE, base - 2 * mm, "1", 9 * mm)
        else:
            _text(canvas, EDGE + 4.5 * mm, base, str(team.rank), size=17, at="middle", color=SOFT)
        x += 17 * mm
    end = WIDTH - EDGE
    _text(canvas, x, base, team.name, size=19 if is_first else 17, most=82 * mm)
    if team.score is not None:
        _text(canvas, end, base, str(team.score), size=17, at="right")
        end -= 20 * mm
    _text(canvas, end, base, team.workshop, size=12, at="right", color=HINT, most=50 * mm)
    _rule(canvas, base - 3.4 * mm)
    return float(y - 11.5 * mm)


# --- certificates ---------------------------------------------------------------------------------


def _certificate(canvas: Canvas, pack: Pack, bracket: str, team: Honoured, honour: str) -> None:
    """Draw the page that is handed to a team."""
    canvas.setStrokeColor(GOLD)
    canvas.setLineWidth(1.2)
    canvas.rect(13 * mm, 13 * mm, WIDTH - 26 * mm, HEIGHT - 26 * mm)
    canvas.setLineWidth(0.4)
    canvas.rect(15 * mm, 15 * mm, WIDTH - 30 * mm, HEIGHT - 30 * mm)
    y = HEIGHT - 52 * mm
    _text(canvas, MIDDLE, y, pack.boards.organisation_name, size=16, at="middle", color=SOFT)
    _text(canvas, MIDDLE, y - 30 * mm, _("Certificate of honour"), size=48, at="middle", color=NAVY)
    _grades(canvas, y - 44 * mm)
    _text(canvas, MIDDLE, y - 84 * mm, team.name, size=44, at="middle")
    if team.workshop:
        _text(canvas, MIDDLE, y - 97 * mm, team.workshop, size=16, at="middle", color=HINT)
    words = _(
        "in the season “%(season)s”, among teams of %(group)s",
        season=pack.boards.season_name,
        group=bracket_name(bracket),
    )
    _text(canvas, MIDDLE, y - 118 * mm, words, size=17, at="middle", color=SOFT)
    is_first = team.rank == 1 and not pack.is_light and honour == place_name(1)
    if is_first:
        width = pdfmetrics.stringWidth(honour, FONT, 13 * mm) + 10.4 * mm
        _seal(canvas, MIDDLE - width / 2, y - 156 * mm, honour, 26 * mm)
    else:
        _text(canvas, MIDDLE, y - 148 * mm, honour, size=40, at="middle", color=GOLD)
    day = format_date(pack.boards.closed_at, "long")
    _text(canvas, WIDTH - EDGE - 6 * mm, 42 * mm, str(day), size=14, at="right", color=SOFT)
    words = _("Sealed: %(hash)s", hash=pack.boards.hash[:SEALED])
    _text(canvas, MIDDLE, 22 * mm, words, size=9, at="middle", color=HINT)
    canvas.showPage()
