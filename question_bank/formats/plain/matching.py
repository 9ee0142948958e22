"""Giving the answers of lists to the questions that they belong to."""

from collections.abc import Iterator, Sequence

from question_bank.formats.plain.questions import Asked, KeyEntry, KeyGroup, Section


def give_keys(sections: Sequence[Section], groups: Sequence[KeyGroup]) -> list[KeyEntry]:
    """Give every question its answer; return the answers that belong to none.

    A list belongs to the sections between the list before and itself. Under a heading it goes to
    the section of that kind, in order; without headings by number where every number occurs once,
    otherwise run by run to section after section.
    """
    unused: list[KeyEntry] = []
    for group in groups:
        near = sections[group.since : group.until]
        for part in _split(near, group):
            section = part.section or _section_for(near, part)
            if section is not None:
                section.has_keys = True
                unused += _give(section.questions, part.entries)
            else:
                unused += _give(_open(near), part.entries)
    return unused


def _split(sections: Sequence[Section], group: KeyGroup) -> Iterator[KeyGroup]:
    """Yield the list, cut where its numbers begin again when it has no heading."""
    runs = _runs(group)
    if group.section is not None or group.kind or len(runs) == 1:
        yield group
        return
    waiting = [section for section in sections if _waits(section)]
    for place, entries in enumerate(runs):
        section = waiting[place] if len(waiting) >= len(runs) else None
        yield KeyGroup(group.kind, group.category, entries, section)


def _runs(group: KeyGroup) -> list[list[KeyEntry]]:
    runs: list[list[KeyEntry]] = [[]]
    for entry in group.entries:
        if runs[-1] and 0 < entry.number <= runs[-1][-1].number:
            runs.append([])
        runs[-1].append(entry)
    return runs


def _waits(section: Section) -> bool:
    return not section.has_keys and any(not one.has_answer for one in section.questions)


def _section_for(sections: Sequence[Section], group: KeyGroup) -> Section | None:
    """Return the section that a list belongs to by its heading, or the only one that waits."""
    waiting = [section for section in sections if _waits(section)]
    if group.kind:
        alike = [section for section in waiting if _fits(section.kind, group.kind)]
        same = [one for one in alike if one.category[-1:] == group.category[-1:]]
        if same or alike:
            return (same or alike)[0]
    if group.category:
        same = [one for one in waiting if one.category[-1:] == group.category[-1:]]
        if same:
            return same[0]
    return waiting[0] if len(waiting) == 1 and not group.kind else None


def _fits(section: str, group: str) -> bool:
    choices = {"single", "multiple", "choice"}
    return section == group or (
        "choice" in (section, group) and section in choices and group in choices
    )


def _open(sections: Sequence[Section]) -> list[Asked]:
    return [one for section in sections for one in section.questions if not one.has_answer]


def _give(questions: Sequence[Asked], entries: Sequence[KeyEntry]) -> list[KeyEntry]:
    """Give answers by number, or by place where either side has no numbers; return the rest."""
    numbers = [one.number for one in questions]
    is_numbered = all(entry.number for entry in entries) and all(numbers)
    if is_numbered and (len(set(numbers)) == len(numbers)):
        by_number = dict(zip(numbers, questions, strict=True))
        return [entry for entry in entries if not _take(by_number.get(entry.number), entry)]
    if len(entries) == len(questions):
        pairs = zip(questions, entries, strict=True)
        return [entry for question, entry in pairs if not _take(question, entry)]
    return list(entries)


def _take(question: Asked | None, entry: KeyEntry) -> bool:
    if question is None:
        return False
    if entry.key:
        question.answer += entry.key
        question.answer_line = entry.line
    question.explanation += entry.explanation
    if entry.rubric:
        question.facts["rubric"] = "\n".join(entry.rubric)
    return True
