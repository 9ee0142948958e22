"""Reading a pack: every problem comes with its line, and one broken item never stops the rest."""

import re
import unicodedata
from collections.abc import Mapping
from itertools import combinations
from typing import Any

from question_bank.formats.pack.document import Document, decode, parse
from question_bank.formats.pack.fields import (
    PACK_FIELDS,
    SOURCE_FIELDS,
    Report,
    checked,
    item_fields,
    report_unknown,
)
from question_bank.formats.pack.model import FORMAT, Pack, PackItem, PackReading, PackSource
from question_bank.formats.problems import Problem, Where, problem
from question_bank.items import Choice, Item, TrueFalse
from question_bank.items.options import LETTERS, identify

MAX_ITEMS = 20_000
MIN_OPTIONS = 2
MAX_OPTIONS = 10


def read(source: str | bytes) -> PackReading:
    """Read a pack from text, or from UTF-8 bytes with or without a byte order mark.

    At most 10 MB and 20,000 items. Raises nothing: whatever is wrong comes back as problems.
    """
    text = decode(source)
    if isinstance(text, Problem):
        return PackReading(None, [text])
    document = parse(text)
    if (count := len(document.items)) > MAX_ITEMS:
        too_many = problem("pack.too_many_items", Where(), count=count, limit=MAX_ITEMS)
        return PackReading(None, [too_many])
    found = list(document.problems)
    head = _read_head(document, found)
    sources = _read_sources(document, found)
    theme = head.get("theme")
    items = _read_items(document, theme, sources, found)
    found.sort(key=lambda one: one.where.line or 0)
    if len(head) < len(PACK_FIELDS):
        return PackReading(None, found)
    pack = Pack(
        theme=head["theme"],
        title=head["title"],
        language=head["language"],
        licence=head["licence"],
        author=head["author"],
        sources=tuple(source for source in sources.values() if source),
        items=tuple(items),
    )
    return PackReading(pack, found)


def _read_head(document: Document, found: list[Problem]) -> dict[str, Any]:
    """Return the pack's own values; nothing is missed in a head that could not be parsed."""
    report = Report(Where())
    report_unknown(document.head, PACK_FIELDS, report)
    head = checked(document.head, PACK_FIELDS, report)
    if head.get("format", FORMAT) != FORMAT:
        report.add("pack.format", found=head.pop("format"), expected=FORMAT)
    if not document.items and not document.problems:
        report.add("pack.no_items")
    if document.is_whole:
        found += report.problems
    return head


def _read_sources(document: Document, found: list[Problem]) -> dict[str, PackSource | None]:
    """Return the sources by slug: None for one that is described, but wrongly."""
    tables = document.head.get("sources")
    sources: dict[str, PackSource | None] = {}
    for slug, table in tables.items() if isinstance(tables, dict) else ():
        report = Report(Where(document.source_lines.get(slug)))
        sources[slug] = _read_source(slug, table, report)
        found += report.problems
    return sources


def _read_source(slug: str, table: Any, report: Report) -> PackSource | None:
    # The slug obeys the rules of a theme: the same field, so that there is one rule.
    checked({"sources": slug}, {"sources": PACK_FIELDS["theme"]}, report)
    prefix = f"sources.{slug}."
    if not isinstance(table, dict):
        report.add("field.type", field=prefix[:-1], expected="table", found="value")
        return None
    report_unknown(table, SOURCE_FIELDS, report, prefix)
    values = checked(table, SOURCE_FIELDS, report, prefix)
    return None if report.problems else PackSource(slug=slug, **values)


def _read_items(
    document: Document,
    theme: str | None,
    sources: Mapping[str, PackSource | None],
    found: list[Problem],
) -> list[PackItem]:
    items: list[PackItem] = []
    first_lines: dict[str, int] = {}
    for table, line in document.items:
        if not isinstance(table, dict):
            report = Report(Where(line))
            report.add("field.type", field="item", expected="table", found="value")
            found += report.problems
            continue
        name = table.get("id")
        uid = name[:64] if isinstance(name, str) else None
        report = Report(Where(line, uid))
        if uid in first_lines:
            report.add("item.duplicate_id", first_line=first_lines[uid])
        elif uid:
            first_lines[uid] = line or 0
        item = _read_item(table, theme, sources if document.is_whole else None, report)
        if item:
            items.append(item)
        found += report.problems
    return items


def _read_item(
    table: Mapping[str, Any],
    theme: str | None,
    sources: Mapping[str, PackSource | None] | None,
    report: Report,
) -> PackItem | None:
    """Return the item, or None after reporting all that is wrong with it.

    `theme` and `sources` are None when the pack's head could not tell them; then nothing is held
    against them.
    """
    values = checked(table, item_fields(table, report), report)
    if theme and "id" in values and not re.fullmatch(rf"{theme}-[0-9]{{3,6}}", values["id"]):
        report.add("item.id_format", found=values["id"], theme=theme)
    if sources is not None and "source" in values and values["source"] not in sources:
        report.add("item.source_unknown", source=values["source"])
    days = values.get("verified_on"), values.get("valid_until")
    if days[0] and days[1] and days[1] < days[0]:
        report.add("item.dates", verified_on=days[0].isoformat(), valid_until=days[1].isoformat())
    _check_options(values, report)
    source = (sources or {}).get(values.get("source", ""))
    if report.problems or source is None:
        return None
    return PackItem(
        uid=values["id"],
        item=_build(values),
        topic=values["topic"],
        difficulty=values["difficulty"],
        source=source,
        clause=values["clause"],
        verified_on=values["verified_on"],
        valid_until=values["valid_until"],
        workplace=values["workplace"],
        line=report.where.line,
    )


def _check_options(values: Mapping[str, Any], report: Report) -> None:
    """Report options that are too few, too many or alike, and a key that does not fit them."""
    options = values.get("options")
    if options is None:
        return
    if not MIN_OPTIONS <= len(options) <= MAX_OPTIONS:
        report.add("item.option_count", count=len(options), least=MIN_OPTIONS, most=MAX_OPTIONS)
        return
    for (a, first), (b, second) in combinations(zip(LETTERS, options, strict=False), 2):
        if _folded(first) == _folded(second):
            report.add("item.duplicate_option", first=a, second=b)
    if "key" in values:
        _check_key(values["key"], values["type"], LETTERS[: len(options)], report)


def _check_key(key: str, kind: str, letters: str, report: Report) -> None:
    for letter in dict.fromkeys(key):
        if letter not in letters:
            report.add("item.key_letter", letter=letter, last=letters[-1])
        elif key.count(letter) > 1:
            report.add("item.key_repeated", letter=letter)
    least, most = (1, 1) if kind == "single" else (2, len(letters))
    if not least <= len(set(key)) <= most:
        report.add("item.key_count", count=len(set(key)), least=least, most=most)


def _folded(text: str) -> str:
    """Return an option as the eye compares it: width and spaces do not make a difference."""
    return "".join(unicodedata.normalize("NFKC", text).split())


def _build(values: Mapping[str, Any]) -> Item:
    if values["type"] == "true_false":
        return TrueFalse(values["stem"], values["key"], values["explanation"])
    options = identify(values["id"], values["options"])
    return Choice(
        kind=values["type"],
        stem=values["stem"],
        options=options,
        key=frozenset(options[LETTERS.index(letter)].id for letter in values["key"]),
        explanation=values["explanation"],
        is_fixed=values.get("fixed", False),
        scoring=values.get("scoring", "all_or_nothing"),
    )
