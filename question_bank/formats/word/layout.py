"""The paper that is printed: A4, Chinese and Latin fonts, headings, tab stops, page numbers."""

from io import BytesIO
from typing import Any

from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_TAB_ALIGNMENT
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt

BODY_FONT = ("Times New Roman", "宋体")
TITLE_FONT = ("Arial", "黑体")
TEXT_WIDTH_CM = 16.0
HANG_CM = 0.75
# How wide a character of body text is, in halves of a Chinese one.
_HALVES_PER_LINE = 84


class Paper:
    """A Word document as it grows; `save` gives its bytes."""

    def __init__(self) -> None:
        self._document: Any = Document()
        section = self._document.sections[0]
        section.page_width, section.page_height = Cm(21), Cm(29.7)
        section.top_margin = section.bottom_margin = Cm(2.2)
        section.left_margin = section.right_margin = Cm(2.5)
        style = self._document.styles["Normal"]
        _set_font(style.font, style.element, BODY_FONT, 10.5)
        style.paragraph_format.space_after = Pt(2)
        style.paragraph_format.line_spacing = 1.25
        style.paragraph_format.widow_control = True
        self._number_pages(section.footer.paragraphs[0])

    def title(self, text: str) -> None:
        """Add the title of the paper."""
        paragraph = self._document.add_paragraph()
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
        paragraph.paragraph_format.space_after = Pt(6)
        self._run(paragraph, text, TITLE_FONT, 16, is_bold=True)

    def centred(self, text: str) -> None:
        """Add a line in the middle, such as the one for the name."""
        paragraph = self._document.add_paragraph()
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
        paragraph.paragraph_format.space_after = Pt(8)
        self._run(paragraph, text, BODY_FONT, 10.5)

    def heading(self, text: str) -> None:
        """Add the heading of a section; it stays with what follows it."""
        paragraph = self._document.add_paragraph()
        paragraph.paragraph_format.space_before = Pt(10)
        paragraph.paragraph_format.keep_with_next = True
        self._run(paragraph, text, TITLE_FONT, 12, is_bold=True)

    def lines(self, text: str, *, lead: str = "", keeps_next: bool = False) -> None:
        """Add a text, a paragraph per line, the first behind its number; it stays together."""
        for place, line in enumerate(text.split("\n")):
            paragraph = self._document.add_paragraph()
            form = paragraph.paragraph_format
            form.left_indent = Cm(HANG_CM)
            form.first_line_indent = Cm(-HANG_CM) if place == 0 and lead else Cm(0)
            form.keep_together = True
            form.keep_with_next = keeps_next
            self._run(paragraph, f"{lead}{line}" if place == 0 else line, BODY_FONT, 10.5)

    def columns(self, texts: list[str]) -> None:
        """Add options in four, two or one column, as their lengths allow."""
        count = columns_for(texts)
        for start in range(0, len(texts), count):
            row = texts[start : start + count]
            paragraph = self._document.add_paragraph()
            form = paragraph.paragraph_format
            form.left_indent = Cm(HANG_CM + (0.6 if count == 1 else 0))
            form.first_line_indent = Cm(-0.6) if count == 1 else Cm(0)
            form.keep_with_next = start + count < len(texts)
            width = (TEXT_WIDTH_CM - HANG_CM) / count
            for place in range(1, count):
                stop = Cm(HANG_CM + place * width)
                form.tab_stops.add_tab_stop(stop, WD_TAB_ALIGNMENT.LEFT)
            self._run(paragraph, "\t".join(row), BODY_FONT, 10.5)

    def pairs(self, lefts: list[str], rights: list[str]) -> None:
        """Add the two sides of a matching beside each other, each side in one cell."""
        table = self._document.add_table(rows=1, cols=2)
        for column, texts in enumerate((lefts, rights)):
            cell = table.cell(0, column)
            for place, text in enumerate(texts):
                paragraph = cell.paragraphs[0] if place == 0 else cell.add_paragraph()
                paragraph.paragraph_format.left_indent = Cm(HANG_CM)
                self._run(paragraph, text, BODY_FONT, 10.5)

    def space(self, lines: int) -> None:
        """Add room to write in."""
        for _ in range(lines):
            self._document.add_paragraph()

    def picture(self, data: bytes) -> bool:
        """Add a picture, at most as wide as the text; False when it cannot be read."""
        try:
            shape = self._document.add_picture(BytesIO(data))
        except Exception:
            # The library raises whatever its parsers of pictures do; the paper goes on without it.
            return False
        most = Cm(TEXT_WIDTH_CM - 2)
        if shape.width > most:
            shape.height = int(shape.height * most / shape.width)
            shape.width = most
        return True

    def new_page(self) -> None:
        """Begin a new page."""
        self._document.add_page_break()

    def save(self) -> bytes:
        """Return the document."""
        target = BytesIO()
        self._document.save(target)
        return target.getvalue()

    def _run(
        self,
        paragraph: Any,
        text: str,
        font: tuple[str, str],
        size: float,
        *,
        is_bold: bool = False,
    ) -> None:
        run = paragraph.add_run(text)
        run.bold = is_bold or None
        _set_font(run.font, run._element, font, size)

    def _number_pages(self, paragraph: Any) -> None:
        """Write `第 x 页 共 y 页` with fields that Word fills in."""
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
        for text, field in (("第 ", "PAGE"), (" 页  共 ", "NUMPAGES"), (" 页", "")):
            self._run(paragraph, text, BODY_FONT, 9)
            if field:
                _add_field(paragraph, field)


def columns_for(texts: list[str]) -> int:
    """Return in how many columns options stand: four, two or one; `texts` have their letters."""
    longest = max((width(text) for text in texts), default=0)
    if any("\n" in text for text in texts):
        return 1
    for count in (4, 2):
        if longest <= _HALVES_PER_LINE // count - 2:
            return count
    return 1


def width(text: str) -> int:
    """Return the width of a text in halves of a Chinese character."""
    return sum(1 if character < "\u2000" else 2 for character in text)


def _set_font(font: Any, element: Any, names: tuple[str, str], size: float) -> None:
    latin, chinese = names
    font.name, font.size = latin, Pt(size)
    properties = element.get_or_add_rPr()
    fonts = properties.find(qn("w:rFonts"))
    if fonts is None:
        fonts = OxmlElement("w:rFonts")
        properties.append(fonts)
    fonts.set(qn("w:eastAsia"), chinese)


def _add_field(paragraph: Any, name: str) -> None:
    for kind, text in (("begin", ""), ("", name), ("separate", ""), ("text", "1"), ("end", "")):
        run = paragraph.add_run("1" if kind == "text" else "")
        if kind == "":
            code = OxmlElement("w:instrText")
            code.set(qn("xml:space"), "preserve")
            code.text = f" {text} "
            run._element.append(code)
        elif kind != "text":
            mark = OxmlElement("w:fldChar")
            mark.set(qn("w:fldCharType"), kind)
            run._element.append(mark)
