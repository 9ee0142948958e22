"""Taking in the lists of answers that stand behind the questions."""

from question_bank.formats.plain import keyblocks
from question_bank.formats.plain.headings import Heading
from question_bank.formats.plain.outlook import Outlook
from question_bank.formats.plain.questions import Heard, KeyEntry, KeyGroup, Section
from question_bank.formats.plain.tokens import Piece, is_entry


class KeyLists:
    """The lists of a text. While `is_open`, pieces go to the last of them."""

    def __init__(self, heard: Heard, outlook: Outlook) -> None:
        self._heard = heard
        self._outlook = outlook
        self._group: KeyGroup | None = None
        self._entry: KeyEntry | None = None
        self._since = 0

    @property
    def is_open(self) -> bool:
        """Tell whether a list is being read."""
        return self._group is not None

    def begin(self, kind: str, category: tuple[str, ...], *, is_same: bool = False) -> None:
        """Begin a list of answers; with `is_same` it goes on with the one before it."""
        groups = self._heard.groups
        since = groups[-1].since if is_same else self._since
        until = groups[-1].until if is_same else len(self._heard.sections)
        self._group = KeyGroup(kind, category, since=since, until=until)
        self._entry = None
        self._since = until
        groups.append(self._group)

    def begin_text(self) -> None:
        """Let lists from here on answer only the questions from here on."""
        self._since = len(self._heard.sections)

    def end(self) -> None:
        """End the list that is being read."""
        self._group = self._entry = None

    def add_line(self, piece: Piece, listed: list[tuple[int, str]], section: Section) -> None:
        """Add a list that is just one line and stands in the section that it answers."""
        group = KeyGroup(section.kind, section.category, section=section)
        group.until = len(self._heard.sections)
        group.entries = [KeyEntry(piece.line, number, [key]) for number, key in listed]
        self._heard.groups.append(group)

    def take(self, piece: Piece, place: int) -> bool:
        """Take a piece into the list; False when it belongs to none, and the list may be over."""
        group = self._group
        assert group is not None
        if piece.what == "heading":
            assert piece.heading is not None
            return self._heading(piece.heading, place)
        if piece.what in ("option", "break", "fence"):
            self.end()
            return False
        if piece.what == "numbered":
            return self._numbered(piece, place, group)
        listed = keyblocks.entries_of(piece.text, group.kind) if piece.what != "explanation" else []
        if listed:
            self._add(piece, listed, group)
        elif self._entry is None:
            self._bare(piece, group)
        else:
            self._go_on(piece, self._entry)
        return True

    def _go_on(self, piece: Piece, entry: KeyEntry) -> None:
        said = [piece.text] if piece.text else []
        if piece.what == "answer":
            entry.key += said
        elif piece.what == "fact" and piece.name == "rubric":
            entry.rubric += said
        elif piece.what == "explanation" or entry.explanation:
            entry.explanation += said
        else:
            entry.key += [piece.whole]

    def _heading(self, heading: Heading, place: int) -> bool:
        """Go on with the list below a heading of it, or end the list at a heading of questions."""
        self._entry = None
        if heading.what == "keys":
            return False
        is_chapter = heading.what == "chapter"
        category = (heading.title,)
        is_known = any(
            section.category == category if is_chapter else section.kind == heading.kind
            for section in self._heard.sections
            if section.questions
        )
        has_questions = self._outlook.has_options(place)
        is_list = is_known and (not has_questions or is_entry(self._outlook.said_after(place)))
        if heading.what == "neutral" or not is_list:
            self.end()
            return False
        assert self._group is not None
        kept = category if is_chapter else self._group.category
        self.begin("" if is_chapter else heading.kind, kept, is_same=True)
        return True

    def _numbered(self, piece: Piece, place: int, group: KeyGroup) -> bool:
        listed = keyblocks.entries_of(piece.line.text[piece.mark : piece.end], group.kind)
        if listed:
            self._add(piece, listed, group)
            return True
        if self._outlook.has_options(place):
            self.end()
            return False
        entry = self._entry
        if entry is not None and self._is_inside(piece, entry, group):
            (entry.explanation or entry.key).append(piece.whole)
            return True
        self._entry = KeyEntry(piece.line, piece.number, [piece.text] if piece.text else [])
        group.entries.append(self._entry)
        return True

    def _is_inside(self, piece: Piece, entry: KeyEntry, group: KeyGroup) -> bool:
        """Tell whether a number counts inside an answer: steps of an essay, parts of a case."""
        if not (entry.key or entry.explanation):
            return False
        if piece.style == "bracket" and group.kind in ("essay", "case"):
            return True
        return group.kind == "essay" and piece.number <= entry.number

    def _add(self, piece: Piece, listed: list[tuple[int, str]], group: KeyGroup) -> None:
        group.entries += [KeyEntry(piece.line, number, [key]) for number, key in listed]
        self._entry = group.entries[-1] if len(listed) == 1 else None

    def _bare(self, piece: Piece, group: KeyGroup) -> None:
        """Take a line of keys without numbers, or note that a line of the list is none."""
        listed = keyblocks.unnumbered(piece.text)
        group.entries += [KeyEntry(piece.line, 0, [key]) for key in listed]
        if not listed:
            self._heard.strays.append((piece.line, piece.whole))
