"""The text of a paragraph: runs, breaks, what stands out, pictures, formulas, text boxes."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from xml.etree.ElementTree import Element  # nosec B405

from question_bank.formats.word.elements import attribute, child, children, is_on, local, value_of
from question_bank.items.draft import BLANK

_SUPERSCRIPT = str.maketrans("0123456789+-=()n", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ⁿ")
_SUBSCRIPT = str.maketrans("0123456789+-=()", "₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎")
# Ticks and crosses that Word takes from its fonts of signs.
_SIGNS = {
    ("wingdings", 0xFC): "✓", ("wingdings", 0xFE): "☑", ("wingdings", 0xFB): "✗",
    ("wingdings", 0xFD): "☒", ("wingdings 2", 0x50): "✓", ("wingdings 2", 0x52): "☑",
    ("wingdings 2", 0x4F): "✗", ("wingdings 2", 0x51): "☒", ("wingdings 2", 0x54): "☒",
    ("wingdings 2", 0x53): "☒", ("symbol", 0xD6): "√", ("symbol", 0xB4): "×",
}  # fmt: skip
_SKIPPED = frozenset(
    {"del", "moveFrom", "instrText", "delText", "pPr", "rPr", "footnoteReference",
     "commentReference",
     "endnoteReference", "footnoteRef", "fldData", "delInstrText", "proofErr", "rubyPr", "rt"}
)  # fmt: skip
_BREAKS = frozenset({"br", "cr"})


@dataclass(slots=True)
class Paragraph:
    """What a paragraph says. `styles` are (start, end, style) of what stands out in `text`.

    `boxes` are the paragraphs of text boxes that are anchored in it.
    """

    text: str = ""
    styles: list[tuple[int, int, str]] = field(default_factory=list)
    pictures: list[str] = field(default_factory=list)
    boxes: list[Element] = field(default_factory=list)
    has_lost_object: bool = False


def read_paragraph(element: Element, targets: Mapping[str, str]) -> Paragraph:
    """Return what a paragraph says; `targets` are the parts that its relations name.

    Insertions count, deletions do not: tracked changes are read as accepted.
    """
    reader = _Reader(targets)
    reader.walk(element, None)
    return reader.paragraph


class _Reader:
    def __init__(self, targets: Mapping[str, str]) -> None:
        self._targets = targets
        self.paragraph = Paragraph()

    def walk(self, element: Element, properties: Element | None) -> None:
        """Take in the children of an element; `properties` are those of the run around them."""
        for one in element:
            name = local(one)
            if name in _SKIPPED:
                continue
            if name == "r":
                self.walk(one, child(one, "rPr"))
            elif name == "t":
                self._text(one.text or "", properties)
            elif name == "tab" or name == "ptab":
                self._add("\t")
            elif name in _BREAKS:
                self._add("\n")
            elif name == "noBreakHyphen":
                self._add("-")
            elif name == "sym":
                self._sign(one)
            elif name == "AlternateContent":
                self._alternatives(one, properties)
            elif name in ("oMath", "oMathPara"):
                self._add(formula(one))
            elif name in ("drawing", "pict", "object"):
                self._picture(one)
            else:
                self.walk(one, properties)

    def _add(self, text: str) -> None:
        self.paragraph.text += text

    def _text(self, text: str, properties: Element | None) -> None:
        raised = value_of(properties, "vertAlign") if properties is not None else ""
        if raised in ("superscript", "subscript"):
            text = _shifted(text, raised)
        style = _style(properties)
        if style == "underline" and text and not text.strip():
            self._add(BLANK)
            return
        start = len(self.paragraph.text)
        self._add(text)
        if style and text.strip():
            self.paragraph.styles.append((start, len(self.paragraph.text), style))

    def _sign(self, element: Element) -> None:
        font = attribute(element, "font").casefold()
        try:
            code = int(attribute(element, "char") or "0", 16)
        except ValueError:
            return
        sign = _SIGNS.get((font, code & 0xFF))
        if sign is None and font.startswith("wingdings"):
            return
        self._add(sign or (chr(code) if 0x20 <= code < 0xE000 else ""))

    def _alternatives(self, element: Element, properties: Element | None) -> None:
        """Take in one of two ways to say the same, the newer one where it says anything."""
        before = (len(self.paragraph.text), len(self.paragraph.pictures), len(self.paragraph.boxes))
        for name in ("Choice", "Fallback"):
            for one in children(element, name):
                self.walk(one, properties)
            after = (
                len(self.paragraph.text),
                len(self.paragraph.pictures),
                len(self.paragraph.boxes),
            )
            if after != before:
                return

    def _picture(self, element: Element) -> None:
        """Note the picture of a drawing, and the text box in it; an object has a picture too."""
        boxes = [one for one in element.iter() if local(one) == "txbxContent"]
        self.paragraph.boxes += boxes
        found = [
            self._targets[identifier]
            for one in element.iter()
            if local(one) in ("blip", "imagedata")
            and (identifier := attribute(one, "embed") or attribute(one, "id")) in self._targets
        ]
        self.paragraph.pictures += [name for name in found if name not in self.paragraph.pictures]
        if local(element) == "object" or (not found and not boxes):
            self.paragraph.has_lost_object = True


def _style(properties: Element | None) -> str:
    """Return the most telling way in which a run stands out, empty when it does not."""
    if properties is None:
        return ""
    if _is_red(value_of(properties, "color")):
        return "red"
    highlight = value_of(properties, "highlight")
    if highlight and highlight not in ("none", "white"):
        return "highlight"
    if is_on(properties, "u"):
        return "underline"
    return "bold" if is_on(properties, "b") else ""


def _is_red(color: str) -> bool:
    if len(color) != 6:
        return False
    try:
        red, green, blue = (int(color[place : place + 2], 16) for place in (0, 2, 4))
    except ValueError:
        return False
    return red >= 0xB0 and green <= 0x60 and blue <= 0x60


def _shifted(text: str, how: str) -> str:
    table = _SUPERSCRIPT if how == "superscript" else _SUBSCRIPT
    if not text.strip():
        return text
    if all(ord(one) in table for one in text.strip()):
        return text.translate(table)
    return f"{'^' if how == 'superscript' else '_'}({text})"


def formula(element: Element) -> str:
    """Return a formula of Word in one line: a/b, x², √(2)."""
    name = local(element)
    if name == "t":
        return element.text or ""
    parts = {local(one): one for one in element}
    if name == "f" and "num" in parts and "den" in parts:
        return f"{_grouped(formula(parts['num']))}/{_grouped(formula(parts['den']))}"
    if name == "rad" and "e" in parts:
        degree = formula(parts["deg"]) if "deg" in parts else ""
        return f"{degree and _shifted(degree, 'superscript')}√{_grouped(formula(parts['e']))}"
    text = "".join(formula(one) for one in element if local(one) not in ("sup", "sub"))
    if name in ("sSup", "sSub", "sSubSup"):
        for key, how in (("sub", "subscript"), ("sup", "superscript")):
            if key in parts:
                text += _shifted(formula(parts[key]), how)
        return text
    return text + "".join(formula(one) for one in element if local(one) in ("sup", "sub"))


def _grouped(text: str) -> str:
    return text if len(text) <= 1 or text.isalnum() else f"({text})"
