"""The text formats of Moodle: HTML, Markdown, plain, and its own mix of lines and tags."""

import re

from question_bank.formats.markup import Plain, bare, plain_text
from question_bank.formats.problems import Where

HTML = "html"
MARKDOWN = "markdown"
PLAIN = "plain"
MOODLE = "moodle"

_HEADING = re.compile(r"^[ \t]{0,3}#{1,6}[ \t]+(.*?)[ \t]*#*$")
_RULE = re.compile(r"^[ \t]{0,3}(?:=+|-{3,}|\*{3,}|_{3,}|`{3,}.*|~{3,}.*)[ \t]*$")
_BULLET = re.compile(r"^[ \t]*[-*+][ \t]+")
_QUOTE = re.compile(r"^[ \t]{0,3}>[ \t]?")
_PICTURE = re.compile(r"!\[([^\]\n]*)\]\(([^)\s]+)(?:[ \t]+\"[^\"\n]*\")?\)")
_LINK = re.compile(r"\[([^\]\n]+)\]\(([^)\s]+)(?:[ \t]+\"[^\"\n]*\")?\)")
_STRONG = re.compile(r"(\*\*|(?<![\w_])__)(?=[^\s*_])([^*_\n]*[^\s*_])\1")
_EMPHASIS = re.compile(r"(?<![\w*_])([*_])(?=[^\s*_])([^*_\n]*[^\s*_])\1(?![\w*_])")
_CODE = re.compile(r"`([^`\n]+)`")
_ESCAPED = re.compile(r"\\([\\`*_{}\[\]()#+.!|>-])")


def text_of(text: str, text_format: str, where: Where | None = None) -> Plain:
    """Return what a reader sees of a text in one of the four formats."""
    if text_format == PLAIN:
        return Plain(bare(text))
    if text_format == MARKDOWN:
        return plain_text(_without_markdown(text), where, keeps_lines=True)
    return plain_text(text, where, keeps_lines=text_format == MOODLE)


def _without_markdown(text: str) -> str:
    """Turn Markdown into lines, with pictures and links as the tags they stand for."""
    return "\n".join(_line(line) for line in text.split("\n") if not _RULE.match(line))


def _line(line: str) -> str:
    line = _QUOTE.sub("", line)
    heading = _HEADING.match(line)
    line = heading[1] if heading else _BULLET.sub("• ", line)
    line = _PICTURE.sub(r'<img src="\2" alt="\1">', line)
    line = _LINK.sub(r'<a href="\2">\1</a>', line)
    line = _CODE.sub(r"\1", line)
    line = _EMPHASIS.sub(r"\2", _STRONG.sub(r"\2", line))
    return _ESCAPED.sub(r"\1", line)
