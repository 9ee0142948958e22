"""The package: items, media and a manifest in one zip, the same bytes for the same questions."""

import io
import zipfile
from collections.abc import Mapping, Sequence
from xml.etree import ElementTree  # nosec B405
from xml.etree.ElementTree import Element  # nosec B405

from question_bank.formats.problems import Problem, Where, problem
from question_bank.formats.qti.items2 import OWN_TOOL
from question_bank.formats.qti.writing.asking import KINDS, asked
from question_bank.formats.qti.writing.elements import (
    constant,
    element,
    figure,
    outcome,
    set_outcome,
    variable,
)
from question_bank.formats.qti.writing.item import Incomplete, Writing, explanation
from question_bank.formats.qti.writing.manifest import manifest
from question_bank.formats.qti.writing.media import Enclosures
from question_bank.formats.reading import Question
from question_bank.formats.writing import Written

ITEM_NAMESPACE = "http://www.imsglobal.org/xsd/imsqtiasi_v3p0"
_XSI = "http://www.w3.org/2001/XMLSchema-instance"
_SCHEMA = "https://purl.imsglobal.org/spec/qti/v3p0/schema/xsd/imsqti_asiv3p0_v1p0.xsd"
_LONG_AGO = (1980, 1, 1, 0, 0, 0)


def write(questions: Sequence[Question], media: Mapping[str, bytes]) -> Written:
    """Write questions as a package of QTI 3. `media` are the bytes that their drafts refer to.

    What the format cannot hold is in `left_out`; a question that lacks its key parts is left out
    whole.
    """
    left_out: list[Problem] = []
    files: dict[str, bytes] = {}
    enclosed: dict[str, bytes] = {}
    resources: list[tuple[str, Question, list[str]]] = []
    for number, question in enumerate(questions, start=1):
        enclosures = Enclosures(media)
        item = _item(number, question, enclosures, left_out)
        if item is None:
            continue
        name = f"items/item-{number:05}.xml"
        files[name] = _serialised(item)
        enclosed.update(enclosures.files)
        resources.append((name, question, list(enclosures.files)))
    whole = {"imsmanifest.xml": _serialised(manifest(resources)), **files, **enclosed}
    return Written(_zipped(whole), ".zip", "application/zip", tuple(left_out))


def _item(
    number: int, question: Question, enclosures: Enclosures, left_out: list[Problem]
) -> Element | None:
    """Return the item of a question; None with a problem for one that cannot be written."""
    draft = question.draft
    where = Where(item=question.name or question.where.item or str(number))
    if draft.kind not in KINDS:
        left_out.append(problem("qti.left_kind", where, kind=draft.kind or "?"))
        return None
    writing = Writing(enclosures)
    try:
        body = asked(draft, writing)
    except Incomplete:
        left_out.append(problem("qti.left_incomplete", where))
        return None
    left_out += _left_out(question, writing, where)
    return _whole(number, question, body, writing)


def _left_out(question: Question, writing: Writing, where: Where) -> list[Problem]:
    """Return what of a question other programs will not see, or nobody."""
    found = [problem("qti.left_media", where, name=ref[:200]) for ref in writing.enclosures.missing]
    if writing.has_other_scoring:
        found.append(problem("qti.left_scoring", where))
    named = ("source", "clause", "verified_on", "valid_until", "workplace")
    lost = [name for name in named if getattr(question, name)]
    if lost:
        found.append(problem("qti.left_fields", where, fields=", ".join(lost)))
    return found


def _whole(number: int, question: Question, body: list[Element], writing: Writing) -> Element:
    draft = question.draft
    item = element(
        "qti-assessment-item",
        xmlns=ITEM_NAMESPACE,
        identifier=f"item-{number:05}",
        title=question.name or draft.stem.partition("\n")[0][:80] or f"item-{number:05}",
        adaptive="false",
        time_dependent="false",
        tool_name=OWN_TOOL,
        tool_version="1",
    )
    item.set("xmlns:xsi", _XSI)
    item.set("xsi:schemaLocation", f"{ITEM_NAMESPACE} {_SCHEMA}")
    points = question.points
    by_hand = {"external_scored": "human"} if writing.is_scored_by_hand else {}
    item.extend(writing.declarations)
    item.append(outcome("SCORE", default="0", **by_hand))
    if points is not None:
        item.append(outcome("MAXSCORE", default=figure(points)))
    item.extend(writing.outcomes)
    says = bool(draft.explanation) or any(part.explanation for part in draft.parts)
    if says:
        item.append(outcome("FEEDBACK", "identifier", "general", cardinality="multiple"))
    item.append(element("qti-item-body", *body))
    if writing.rules:
        item.append(
            element("qti-response-processing", *writing.rules, _score(writing, points or 1.0))
        )
    if draft.explanation:
        item.append(explanation("qti-modal-feedback", draft.explanation))
    return item


def _score(writing: Writing, points: float) -> Element:
    """Return the rule that adds up the credits by their weights, to `points` at most."""
    whole = sum(weight for _, weight in writing.shares) or 1.0
    parts = [
        element("qti-product", variable(name), constant(figure(points * weight / whole)))
        for name, weight in writing.shares
    ]
    return set_outcome("SCORE", element("qti-sum", *parts))


def _serialised(root: Element) -> bytes:
    data: bytes = ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)
    return data


def _zipped(files: Mapping[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(zipfile.ZipInfo(name, _LONG_AGO), data, zipfile.ZIP_DEFLATED)
    return buffer.getvalue()
