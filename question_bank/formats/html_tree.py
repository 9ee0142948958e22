"""A small tree of HTML, as forgiving as browsers are, for reading text out of it.

The parser of the standard library takes time that grows with the square of what a hostile text
leaves open. This one looks at every character a fixed number of times.
"""

import html
import re
from dataclasses import dataclass, field

MAX_DEPTH = 100


def words(text: str) -> frozenset[str]:
    """Return the words of a list that is written as one line of text."""
    return frozenset(text.split())


_VOID = words("area base br col embed frame hr img input link meta param source track wbr")
# Opening one of these ends an open one of the same group.
_CLOSES: dict[str, frozenset[str]] = {
    "p": frozenset({"p"}),
    "li": frozenset({"li"}),
    "dt": frozenset({"dt", "dd"}),
    "dd": frozenset({"dt", "dd"}),
    "tr": frozenset({"tr"}),
    "td": frozenset({"td", "th"}),
    "th": frozenset({"td", "th"}),
    "option": frozenset({"option"}),
}
_HOLDERS = words("ul ol dl table div body html td th blockquote")
# What is a tag; anything else in angle brackets is text, such as <stdio.h> or <姓名>.
_KNOWN = words(
    "a abbr acronym address applet area article aside audio b base bdi bdo big blink blockquote "
    "body br button canvas caption center cite code col colgroup data datalist dd del details dfn "
    "dialog dir div dl dt em embed fieldset figcaption figure font footer form frame frameset h1 "
    "h2 h3 h4 h5 h6 head header hgroup hr html i iframe img input ins kbd label legend li link "
    "main map mark marquee math menu menuitem meta meter nav nobr noframes noscript object ol "
    "optgroup option output p param picture portal pre progress q rb rp rt rtc ruby s samp script "
    "search section select slot small source span strike strong style sub summary sup svg table "
    "tbody td template textarea tfoot th thead time title tr track tt u ul var video wbr "
    "annotation annotation-xml maction menclose merror mfenced mfrac mi mmultiscripts mn mo mover "
    "mpadded mphantom mprescripts mroot mrow ms mspace msqrt mstyle msub msubsup msup mtable mtd "
    "mtext mtr munder munderover none semantics "
    "animate circle clippath defs desc ellipse feblend filter foreignobject g image line "
    "lineargradient marker mask path pattern polygon polyline radialgradient rect set stop switch "
    "symbol text textpath tspan use"
)
_BARE_ATTRIBUTES = words(
    "allowfullscreen async autofocus autoplay checked compact controls default defer disabled "
    "hidden ismap loop multiple muted nowrap open playsinline readonly required reversed selected "
    "itemscope noshade"
)
_RAW = frozenset({"script", "style"})
_PREFIX = re.compile(r"^(?:m|mml|math|svg|qh5|html|xhtml):")
_TAG_NAME = re.compile(r"</?([A-Za-z][A-Za-z0-9:._-]*+)")
_ATTRIBUTE = re.compile(
    r"""[\s/]*+([^\s/<>="']++)(?:\s*+=\s*+(?:"([^"]*+)"|'([^']*+)'|([^\s<>"']++)))?"""
)
_TAG_END = re.compile(r"\s*+(/?)\s*+>")
_LONG_NUMBER = re.compile(r"&#[xX]?[0-9A-Fa-f]{9,};?")


@dataclass(slots=True)
class Node:
    """An element: its tag in lower case, its attributes, and text and elements inside it."""

    tag: str
    attributes: dict[str, str | None] = field(default_factory=dict)
    children: "list[Node | str]" = field(default_factory=list)


def parse_html(text: str) -> Node:
    """Return a nameless node that holds what `text` marks up. Never raises."""
    builder = _Builder()
    _Scanner(text, builder).run()
    return builder.root


class _Scanner:
    """Walks through a text once and tells the builder about tags and what stands between them."""

    def __init__(self, text: str, builder: "_Builder") -> None:
        self._text = text
        self._builder = builder
        self._missing: set[str] = set()  # marks that do not come again

    def run(self) -> None:
        """Scan the whole text."""
        text, place, pending = self._text, 0, 0
        while (place := text.find("<", place)) >= 0:
            after = self._markup(place, pending)
            if after is None:
                place += 1
            else:
                place = pending = after
        self._say(pending, len(text))

    def _say(self, begins: int, ends: int) -> None:
        """Pass on text with its entities replaced."""
        if ends > begins:
            self._builder.add(unescape(self._text[begins:ends]))

    def _markup(self, place: int, pending: int) -> int | None:
        """Handle markup that begins at `place`; return where it ends, None when it is text.

        What stands before it, from `pending` on, is passed on first.
        """
        text = self._text
        for opens, closes in (("<!--", "-->"), ("<![CDATA[", "]]>"), ("<!", ">"), ("<?", ">")):
            if text.startswith(opens, place):
                ends = self._find(closes, place + len(opens))
                if ends is None:
                    return None
                self._say(pending, place)
                if opens == "<![CDATA[":
                    self._builder.add(text[place + len(opens) : ends])
                return ends + len(closes)
        return self._tag(place, pending)

    def _find(self, mark: str, place: int) -> int | None:
        """Return where a mark comes next. One that is missing is looked for only once."""
        if mark in self._missing:
            return None
        found = self._text.find(mark, place)
        if found < 0:
            self._missing.add(mark)
            return None
        return found

    def _tag(self, place: int, pending: int) -> int | None:
        name = _TAG_NAME.match(self._text, place)
        if name is None:
            return None
        attributes: dict[str, str | None] = {}
        at = name.end()
        while found := _ATTRIBUTE.match(self._text, at):
            value = next((part for part in found.groups()[1:] if part is not None), None)
            key = found[1].lower()
            attributes.setdefault(key, None if value is None else unescape(value))
            at = found.end()
        end = _TAG_END.match(self._text, at)
        tag = _PREFIX.sub("", name[1].lower())
        if end is None or not _is_markup(tag, attributes):
            return None
        self._say(pending, place)
        if self._text[place + 1] == "/":
            self._builder.close(tag)
            return end.end()
        self._builder.open(tag, attributes, is_empty=bool(end[1]))
        return self._after_raw(tag, end.end()) if tag in _RAW and not end[1] else end.end()

    def _after_raw(self, tag: str, place: int) -> int:
        """Return where script or style ends: it is no text, and nothing in it is markup."""
        found = re.compile(f"</{tag}", re.IGNORECASE).search(self._text, place)
        return found.start() if found else len(self._text)


def unescape(text: str) -> str:
    """Replace entities; one that stands for no character becomes the replacement character."""
    return html.unescape(_LONG_NUMBER.sub("\ufffd", text)) if "&" in text else text


class _Builder:
    """Builds the tree. What lies deeper than `MAX_DEPTH` is put beside its parent."""

    def __init__(self) -> None:
        self.root = Node("")
        self._open = [self.root]

    def open(self, tag: str, attributes: dict[str, str | None], *, is_empty: bool) -> None:
        """Open an element."""
        self._close_before(tag)
        node = Node(tag, attributes)
        self._open[-1].children.append(node)
        if not is_empty and tag not in _VOID and len(self._open) < MAX_DEPTH:
            self._open.append(node)

    def close(self, tag: str) -> None:
        """Close the nearest open element of that name; a stray end closes nothing."""
        for place in range(len(self._open) - 1, 0, -1):
            if self._open[place].tag == tag:
                del self._open[place:]
                return
            if self._open[place].tag in ("td", "th", "table") and tag not in _HOLDERS:
                return

    def add(self, text: str) -> None:
        """Add text."""
        self._open[-1].children.append(text)

    def _close_before(self, tag: str) -> None:
        """Close the paragraph, entry, cell or row that the next one ends without saying so."""
        ended = _CLOSES.get(tag)
        if ended is None:
            return
        for place in range(len(self._open) - 1, 0, -1):
            open_tag = self._open[place].tag
            if open_tag in ended:
                del self._open[place:]
                return
            if open_tag in _HOLDERS and not (tag == "tr" and open_tag in ("td", "th")):
                return


def _is_markup(tag: str, attributes: dict[str, str | None]) -> bool:
    """Tell a tag from text such as `a<b and c>d`, whose words would be attributes of `b`."""
    if tag not in _KNOWN:
        return False
    return all(
        value is not None or name in _BARE_ATTRIBUTES or name.startswith("data-")
        for name, value in attributes.items()
    )
