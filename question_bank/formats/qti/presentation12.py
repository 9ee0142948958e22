"""What an item of QTI 1.2 shows and asks: material as HTML, responses with their labels."""

import html
from collections.abc import Callable
from dataclasses import dataclass
from xml.etree.ElementTree import Element  # nosec B405

from question_bank.formats.qti.content import Content, inner_html
from question_bank.formats.qti.tree import child, children, find_all, text_in

RESPONSES = ("response_lid", "response_str", "response_num", "response_xy", "response_grp")

_TYPED = ("response_str", "response_num")
_TEXTS = ("mattext", "matemtext", "mat_formattedtext")
_MEDIA = {"matimage": "img", "mataudio": "audio", "matvideo": "video"}


@dataclass(frozen=True, slots=True)
class Label:
    """One thing to choose: its identifier, and its text as HTML."""

    identifier: str
    markup: str
    element: Element


@dataclass(frozen=True, slots=True)
class Response:
    """One response: what is chosen from, and what is written above it."""

    identifier: str
    tag: str
    cardinality: str
    labels: tuple[Label, ...]
    markup: str
    element: Element

    @property
    def is_choice(self) -> bool:
        """Tell whether something is chosen, not typed."""
        return self.tag in ("response_lid", "response_grp")

    @property
    def is_number(self) -> bool:
        """Tell whether a number is to be typed."""
        kinds = {one.get("fibtype", "").lower() for one in find_all(self.element, "render_fib")}
        return self.tag == "response_num" or bool(kinds & {"decimal", "integer", "scientific"})


def responses_of(presentation: Element | None, content: Content) -> list[Response]:
    """Return what is asked, in the order of the document."""
    return [
        Response(
            one.get("ident", ""),
            one.tag,
            (one.get("rcardinality") or "Single").capitalize(),
            tuple(_labels(one, content)),
            _own_material(one, content),
            one,
        )
        for one in find_all(presentation, *RESPONSES)
    ]


def _labels(response: Element, content: Content) -> list[Label]:
    found = []
    for one in find_all(response, "response_label"):
        markup = material(one, content)
        if not markup and not len(one):
            markup = html.escape((one.text or "").strip())
        found.append(Label(one.get("ident", ""), markup, one))
    return found


def _own_material(response: Element, content: Content) -> str:
    """Return what a response shows beside its labels."""
    inside = {id(one) for label in find_all(response, "response_label") for one in label.iter()}
    return _written(response, content, lambda one: "" if id(one) in inside else None)


def material(
    element: Element | None,
    content: Content,
    replace: Callable[[Element], str | None] | None = None,
) -> str:
    """Return all material inside an element as HTML; `replace` may stand in for an element."""
    return "" if element is None else _written(element, content, replace)


def _written(
    element: Element, content: Content, replace: Callable[[Element], str | None] | None
) -> str:
    parts = []
    # Text in a flow with something to type runs on around it; elsewhere material is a paragraph.
    runs_on = element.tag == "flow" and any(one.tag in _TYPED for one in element)
    for one in element:
        replaced = replace(one) if replace is not None else None
        if replaced is not None:
            parts.append(replaced)
        elif one.tag in _TEXTS:
            parts.append(_text(one, content))
        elif one.tag in _MEDIA:
            parts.append(_medium(one))
        elif one.tag == "matbreak":
            parts.append("<br>")
        else:
            inner = _written(one, content, replace).strip()
            is_paragraph = one.tag == "material" and not runs_on
            if inner:
                parts.append(f"<div>{inner}</div>" if is_paragraph else f"{inner} ")
    return "".join(parts)


def _text(element: Element, content: Content) -> str:
    """Return a text as HTML. Only what calls itself plain is taken for plain."""
    if len(element):
        return inner_html(element, content, None)
    text = element.text or ""
    kind = (element.get("texttype") or element.get("type") or "").lower()
    if kind in ("text/plain", "plain", "plain_text"):
        return html.escape(text.strip()).replace("\n", "<br>")
    return text


def _medium(element: Element) -> str:
    source = element.get("uri") or element.get("entityref") or text_in(element)
    tag = _MEDIA[element.tag]
    alt = element.get("label") or ""
    shown = f'<{tag} src="{html.escape(source)}" alt="{html.escape(alt)}">'
    return shown if tag == "img" else f"{shown}</{tag}>"


def beside(presentation: Element | None, response: Response, content: Content) -> str:
    """Return what stands in the same flow as a response: Blackboard's left sides, as HTML."""
    for flow in find_all(presentation, "flow"):
        if any(one is response.element for one in flow):
            return _written(flow, content, lambda one: "" if one is response.element else None)
    return ""


def right_column(presentation: Element | None, content: Content) -> list[str]:
    """Return the right sides that Blackboard lists apart from the responses, as HTML."""
    for flow in find_all(presentation, "flow"):
        if flow.get("class") == "RIGHT_MATCH_BLOCK":
            return [material(one, content) for one in children(flow, "flow")]
    return []


def field_of(item: Element, *names: str) -> str:
    """Return the first field of the metadata with one of these names, empty when there is none."""
    for one in find_all(item, "qtimetadatafield"):
        label = text_in(child(one, "fieldlabel")).lower()
        if label in names:
            return text_in(child(one, "fieldentry"))
    for element in find_all(child(item, "itemmetadata"), *names):
        return text_in(element)
    return ""
