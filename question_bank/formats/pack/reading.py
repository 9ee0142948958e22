"""Reading a pack: every problem comes with its line, and one broken item never stops the rest."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from question_bank.formats.pack.answers import MAX_OPTIONS, MIN_OPTIONS, draft_from
from question_bank.formats.pack.document import Document, Row, decode, parse
from question_bank.formats.pack.fields import (
    PACK_FIELDS,
    SOURCE_FIELDS,
    Report,
    checked,
    item_fields,
    part_fields,
    report_unknown,
)
from question_bank.formats.pack.model import FORMAT, Pack, PackItem, PackReading, PackSource
from question_bank.formats.problems import Problem, Where, problem
from question_bank.items import Item, building
from question_bank.items.draft import Draft

MAX_ITEMS = 20_000

__all__ = ["MAX_ITEMS", "MAX_OPTIONS", "MIN_OPTIONS", "read"]


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
    if report.problems:
        return None
    return PackSource(**{"slug": slug, "edition": "", "url": "", **values})


def _read_items(
    document: Document,
    theme: str | None,
    sources: Mapping[str, PackSource | None],
    found: list[Problem],
) -> list[PackItem]:
    items: list[PackItem] = []
    first_lines: dict[str, int] = {}
    for row in document.items:
        if not isinstance(row.table, dict):
            report = Report(Where(row.line))
            report.add("field.type", field="item", expected="table", found="value")
            found += report.problems
            continue
        name = row.table.get("id")
        uid = name[:64] if isinstance(name, str) else None
        report = Report(Where(row.line, uid))
        if uid in first_lines:
            report.add("item.duplicate_id", first_line=first_lines[uid])
        elif uid:
            first_lines[uid] = row.line or 0
        item = _read_item(row, theme, sources if document.is_whole else None, report)
        if item:
            items.append(item)
        found += report.problems
    return items


def _read_item(
    row: Row,
    theme: str | None,
    sources: Mapping[str, PackSource | None] | None,
    report: Report,
) -> PackItem | None:
    """Return the item, or None after reporting all that is wrong with it.

    `theme` and `sources` are None when the pack's head could not tell them; then nothing is held
    against them.
    """
    values = checked(row.table, item_fields(row.table, report), report)
    if theme and "id" in values and not re.fullmatch(rf"{theme}-[0-9]{{3,6}}", values["id"]):
        report.add("item.id_format", found=values["id"], theme=theme)
    if sources is not None and "source" in values and values["source"] not in sources:
        report.add("item.source_unknown", source=values["source"])
    days = values.get("verified_on"), values.get("valid_until")
    if days[0] and days[1] and days[1] < days[0]:
        report.add("item.dates", verified_on=days[0].isoformat(), valid_until=days[1].isoformat())
    draft = draft_from(values, report)
    if draft and draft.kind == "case":
        draft = replace(draft, parts=tuple(_read_parts(values.get("part", ()), row, report)))
    source = (sources or {}).get(values.get("source", ""))
    if report.is_broken or source is None or draft is None:
        return None
    item = _build(draft, values["id"], row, report)
    if item is None:
        return None
    return PackItem(
        uid=values["id"],
        item=item,
        topic=values["topic"],
        difficulty=values["difficulty"],
        source=source,
        clause=values["clause"],
        verified_on=values["verified_on"],
        valid_until=values["valid_until"],
        workplace=values["workplace"],
        line=row.line,
    )


def _read_parts(tables: Sequence[Any], row: Row, report: Report) -> Iterator[Draft]:
    """Yield the drafts of a case's parts; each problem is placed at the line of its part."""
    for number, table in enumerate(tables, start=1):
        inner = Report(Where(_line_of(row, number), report.where.item))
        prefix = f"part[{number}]."
        if isinstance(table, dict):
            values = checked(table, part_fields(table, inner, prefix), inner, prefix)
            draft = draft_from(values, inner, prefix)
            if draft:
                yield draft
        else:
            inner.add("field.type", field=prefix[:-1], expected="table", found="value")
        report.problems += inner.problems


def _line_of(row: Row, number: int) -> int | None:
    """Return the line of a part, or that of its item when the parts' lines are not known."""
    is_known = number <= len(row.part_lines)
    return row.part_lines[number - 1] if is_known else row.line


def _build(draft: Draft, uid: str, row: Row, report: Report) -> Item | None:
    """Build the item; what is found is placed in the file."""
    built = building.build(draft, uid)
    for found in built.problems:
        _uid, _slash, part = (found.where.item or "").partition("/")
        line = _line_of(row, int(part)) if part else row.line
        report.problems.append(replace(found, where=Where(line, uid)))
    return built.item
