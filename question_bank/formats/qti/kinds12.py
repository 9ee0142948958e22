"""Which kind of question an item of QTI 1.2 is: what its maker calls it, or else what it asks."""

import re
from collections.abc import Sequence
from xml.etree.ElementTree import Element  # nosec B405

from question_bank.formats.qti.presentation12 import Response, field_of

_FIELDS = ("question_type", "cc_profile", "bbmd_questiontype", "qmd_questiontype", "qmd_itemtype")

# The names of Canvas, Common Cartridge, Blackboard and Brightspace, folded to letters and digits.
_CALLED = {
    "multiplechoicequestion": "single",
    "ccmultiplechoicev0p1": "single",
    "multiplechoice": "single",
    "eitheror": "single",
    "opinionscale": "single",
    "truefalsequestion": "true_false",
    "cctruefalsev0p1": "true_false",
    "truefalse": "true_false",
    "multipleanswersquestion": "multiple",
    "ccmultipleresponsev0p1": "multiple",
    "multipleanswer": "multiple",
    "multiselect": "multiple",
    "shortanswerquestion": "text",
    "ccfibv0p1": "text",
    "ccpatternmatchv0p1": "text",
    "fillintheblank": "text",
    "fillintheblanks": "text",
    "shortanswer": "text",
    "multishortanswer": "text",
    "fillinmultipleblanksquestion": "gaps",
    "fillintheblankplus": "text",
    "multipledropdownsquestion": "lists",
    "jumbledsentence": "lists",
    "matchingquestion": "matching",
    "categorizationquestion": "matching",
    "matching": "matching",
    "orderingquestion": "ordering",
    "ordering": "ordering",
    "numericalquestion": "number",
    "numeric": "number",
    "essayquestion": "essay",
    "ccessayv0p1": "essay",
    "essay": "essay",
    "shortresponse": "essay",
    "longanswer": "essay",
    "textonlyquestion": "text_only",
    "calculatedquestion": "drawn",
    "formulaquestion": "drawn",
    "calculated": "drawn",
    "arithmetic": "drawn",
    "fileuploadquestion": "refused",
    "fileupload": "refused",
    "quizbowl": "refused",
    "hotspotquestion": "hotspot",
    "hotspot": "hotspot",
}


def called(item: Element) -> str:
    """Return what the maker calls the type of an item, as the file has it."""
    return field_of(item, *_FIELDS)


def kind_of(item: Element, responses: Sequence[Response], rewarded: bool) -> str:
    """Return the kind of an item: one of the values of `_CALLED`, `pairs` or `mixed`.

    `rewarded` tells whether the rules reward any answer. A name is taken only where the responses
    fit it.
    """
    kind = _CALLED.get(re.sub(r"[^a-z0-9]", "", called(item).lower()), "")
    if kind in ("text_only", "drawn", "refused"):
        return kind
    if not responses:
        return "text_only"
    chooses = all(one.is_choice for one in responses)
    if kind == "hotspot" or any(one.tag == "response_xy" for one in responses):
        return "hotspot"
    if kind and (chooses or kind in ("text", "gaps", "number", "essay")):
        return kind
    return _kind_by_shape(responses, rewarded)


def _kind_by_shape(responses: Sequence[Response], rewarded: bool) -> str:
    first = responses[0]
    if all(one.is_choice for one in responses):
        if len(responses) == 1:
            return {"Multiple": "multiple", "Ordered": "ordering"}.get(first.cardinality, "single")
        named = [{label.identifier for label in one.labels} for one in responses]
        return "matching" if all(one == named[0] for one in named) else "mixed"
    if any(one.is_choice for one in responses):
        return "mixed"
    if len(responses) == 1 and first.is_number:
        return "number"
    return "text" if rewarded else "essay"
