"""The body of a document as blocks: paragraphs with their numbers, and tables of them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from xml.etree.ElementTree import Element  # nosec B405

from question_bank.formats.word.elements import child, local, value_of
from question_bank.formats.word.numbering import Label, Numbering
from question_bank.formats.word.paragraphs import Paragraph, read_paragraph

MAX_DEPTH = 12


@dataclass(slots=True)
class Text:
    """One paragraph: its place in the document from 1, what it says, its automatic number.

    `is_heading` says that it has the style of a heading.
    """

    number: int
    paragraph: Paragraph
    label: Label | None = None
    is_heading: bool = False


@dataclass(slots=True)
class Table:
    """One table: rows of cells, each a list of paragraphs; covered cells are empty."""

    rows: list[list[list[Text]]] = field(default_factory=list)


Block = Text | Table


class Body:
    """Walks over a document once and counts its paragraphs."""

    def __init__(
        self, numbering: Numbering, targets: Mapping[str, str], headings: frozenset[str]
    ) -> None:
        self._numbering = numbering
        self._headings = headings
        self._targets = targets
        self._number = 0

    def blocks(self, element: Element, depth: int = 0) -> Iterator[Block]:
        """Yield the blocks of a body, of a cell or of a text box, in reading order."""
        for one in element:
            name = local(one)
            if name == "p":
                yield from self._paragraph(one, depth)
            elif name == "tbl":
                yield self._table(one, depth)
            elif name in ("sdt", "sdtContent", "customXml", "ins", "smartTag", "moveTo"):
                yield from self.blocks(one, depth)

    def _paragraph(self, element: Element, depth: int) -> Iterator[Block]:
        self._number += 1
        number = self._number
        properties = child(element, "pPr")
        paragraph = read_paragraph(element, self._targets)
        label = None
        if paragraph.text.strip() or paragraph.pictures:
            label = self._numbering.label(properties)
        style = value_of(properties, "pStyle") if properties is not None else ""
        yield Text(number, paragraph, label, style in self._headings)
        if depth < MAX_DEPTH:
            for box in paragraph.boxes:
                yield from self.blocks(box, depth + 1)

    def _table(self, element: Element, depth: int) -> Table:
        table = Table()
        for row in _rows(element):
            cells: list[list[Text]] = []
            for cell in (one for one in _flattened(row) if local(one) == "tc"):
                properties = child(cell, "tcPr")
                texts = [] if depth >= MAX_DEPTH else list(self._cell(cell, depth))
                cells.append([] if _is_covered(properties) else texts)
                cells += [[] for _ in range(_span(properties) - 1)]
            table.rows.append(cells)
        return table

    def _cell(self, cell: Element, depth: int) -> Iterator[Text]:
        for block in self.blocks(cell, depth + 1):
            if isinstance(block, Text):
                yield block
            else:
                for row in block.rows:
                    for texts in row:
                        yield from texts


def _rows(table: Element) -> Iterator[Element]:
    return (one for one in _flattened(table) if local(one) == "tr")


def _flattened(element: Element) -> Iterator[Element]:
    """Yield children, those of content controls and insertions too; deleted rows are left out."""
    for one in element:
        if local(one) in ("sdt", "sdtContent", "ins", "customXml"):
            yield from _flattened(one)
        elif local(one) == "tr":
            properties = child(one, "trPr")
            if properties is None or child(properties, "del") is None:
                yield one
        else:
            yield one


def _is_covered(properties: Element | None) -> bool:
    """Tell whether a cell is covered by the merged one above it."""
    merged = child(properties, "vMerge") if properties is not None else None
    return merged is not None and value_of(properties, "vMerge") != "restart"  # type: ignore[arg-type]


def _span(properties: Element | None) -> int:
    text = value_of(properties, "gridSpan") if properties is not None else ""
    return min(int(text), 60) if text.isdigit() and int(text) > 0 else 1


def texts_of(blocks: list[Block]) -> Iterator[Text]:
    """Yield every paragraph, those in tables too."""
    for block in blocks:
        if isinstance(block, Text):
            yield block
        else:
            for row in block.rows:
                for cell in row:
                    yield from cell
