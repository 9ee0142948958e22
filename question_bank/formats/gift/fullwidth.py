"""Control characters typed with a Chinese keyboard: ：： ｛ ＝ ～ ＃ －＞ ％.

Other programs take such a question for a text without answers and say nothing. Here it is read as
meant, and a person is asked. Only marks in the place of a control character are converted: the
full-width signs of a sentence, such as 10～20 or 1＃机组, are text.
"""

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass

from question_bank.formats.problems import Problem, Where, problem

_NAME = re.compile(r"\A\s*+(：：|::)(.{0,300}?)(：：|::)", re.DOTALL)
# An invisible character that keeps a mark from being converted; readers take it out.
_SHIELD = "\u2060"
_WIDE_BEGIN = re.compile(r"\s*+[＝～]")
_WRONG_MARK = re.compile(rf"(?<![0-9０-９{_SHIELD}])～")
_RIGHT_MARK = re.compile(rf"(?<![A-Za-z0-9Ａ-Ｚａ-ｚ０-９)）{_SHIELD}])＝")
_MARK_AFTER_SPACE = re.compile(r"(?:\A|(?<=\s))[＝～]")
_WEIGHT = re.compile(
    r"(?<=[=~])\s*+[%％]\s*+([-－]?[0-9０-９]{1,3}(?:[.．][0-9０-９]{0,6})?)\s*+[%％]"
)
_ARROW = re.compile(rf"(?<!{_SHIELD})(?:[-－—]{{1,2}}＞|[-－—]?[－—]>)")
_NUMERIC = re.compile(r"\A(\s*+)[＃#]")
_MARGIN = re.compile(r"(?<=[0-9０-９])\s*+：(?=\s*+[0-9０-９.．])")
_RANGE = re.compile(r"(?<=[0-9０-９])\s*+．．(?=\s*+[-－0-9０-９])")
_TRUTH = re.compile(r"\A(\s*+(?:T|F|TRUE|FALSE)\s*+)＃")
_FEEDBACK = re.compile(rf"(?<![A-Za-z0-9０-９#＃{_SHIELD}])＃(?![＃0-9０-９])")
_HASH = re.compile(r"(?<![A-Za-z0-9０-９])＃")
_COLON_PAIR = re.compile("：(?=：)")
_GENERAL = "＃＃＃＃"
_PREVIEW = 160

_Noted = Callable[[str, str], str]


@dataclass(frozen=True, slots=True)
class Converted:
    """A question with its control characters in half width, and which of them were not."""

    text: str
    found: tuple[str, ...] = ()

    def decision(self, original: str, where: Where) -> tuple[Problem, ...]:
        """Return the question that a person has to answer, if anything was converted."""
        if not self.found:
            return ()
        asked = problem(
            "plain.full_width",
            where,
            found=" ".join(self.found),
            before=" ".join(original.split())[:_PREVIEW],
            after=" ".join(self.text.split())[:_PREVIEW],
        )
        return (asked,)


def converted(text: str) -> Converted:
    """Return a question as it is meant when control characters were typed in full width."""
    found: dict[str, None] = {}

    def noted(wide: str, plain: str) -> str:
        found[wide] = None
        return plain

    name = _NAME.match(text)
    if name and "：：" in (name[1], name[3]):
        text = f"{noted('：：', '::')}{name[2]}::{text[name.end() :]}"
    for wide, plain, place in (("｛", "{", text.find("｛")), ("｝", "}", text.rfind("｝"))):
        if plain not in text and place >= 0:
            text = text[:place] + noted(wide, plain) + text[place + 1 :]
    begins, ends = text.find("{"), text.find("}")
    if 0 <= begins < ends:
        text = text[: begins + 1] + _answers(text[begins + 1 : ends], noted) + text[ends:]
    return Converted(text, tuple(found))


def shielded(text: str) -> str:
    """Return text for a file, its full-width signs kept from being taken for control characters."""
    text = _COLON_PAIR.sub(f"：{_SHIELD}", text)
    for sign in (_MARK_AFTER_SPACE, _HASH):
        text = sign.sub(lambda found: _SHIELD + found[0], text)
    # Before an arrow there may be a dash that would make one of the rest: part its own signs.
    text = _ARROW.sub(lambda found: found[0][:-1] + _SHIELD + found[0][-1], text)
    return _SHIELD + text if text.startswith("％") else text


def _answers(text: str, noted: _Noted) -> str:
    """Convert the marks among the answers; general feedback at their end is text."""
    if _GENERAL in text:
        text = text.replace(_GENERAL, noted(_GENERAL, "####"), 1)
    answers, mark, general = text.rpartition("####")
    if not mark:
        answers, general = general, ""
    return _marks(answers, noted) + mark + general


def _narrow(number: str) -> str:
    """Return a number in half width."""
    return unicodedata.normalize("NFKC", number)


def _marks(text: str, noted: _Noted) -> str:
    """Convert the marks of each kind of question."""
    if _NUMERIC.match(text):
        return _numbers(text, noted)
    if _TRUTH.match(text):
        text = _TRUTH.sub(lambda mark: mark[1] + noted("＃", "#"), text)
        return _FEEDBACK.sub("#", text, count=1)
    if _WIDE_BEGIN.match(text):
        text = _RIGHT_MARK.sub(lambda mark: noted("＝", "="), text)
        text = _WRONG_MARK.sub(lambda mark: noted("～", "~"), text)
    elif text.lstrip()[:1] in ("=", "~"):
        text = _MARK_AFTER_SPACE.sub(
            lambda mark: noted(mark[0], "=" if mark[0] == "＝" else "~"), text
        )
    text = _WEIGHT.sub(
        lambda weight: noted("％", f"%{_narrow(weight[1])}%") if "％" in weight[0] else weight[0],
        text,
    )
    is_matching = "~" not in text
    parts = re.split(r"(?=[=~])", text)
    return "".join(_answer(part, noted, is_matching=is_matching) for part in parts)


def _numbers(text: str, noted: _Noted) -> str:
    """Convert the marks of a numeric answer: ＃120：5. What stands behind a # is feedback."""
    text = _NUMERIC.sub(lambda mark: mark[1] + (noted("＃", "#") if "＃" in mark[0] else "#"), text)
    begin, _, answers = text.partition("#")
    parts = []
    for part in re.split(r"(?=[=~＝])", answers):
        number, mark, feedback = part.partition("#")
        number = _MARGIN.sub(lambda found: noted("：", ":"), number)
        number = _RANGE.sub(lambda found: noted("．．", ".."), number)
        number = re.sub(r"\A＝", lambda found: noted("＝", "="), number)
        parts.append(number + mark + feedback)
    return f"{begin}#{''.join(parts)}"


def _answer(text: str, noted: _Noted, *, is_matching: bool) -> str:
    """Convert the marks inside one answer: the arrow of a pair, the mark before feedback."""
    if is_matching and text.startswith("=") and "->" not in text:
        text = _ARROW.sub(lambda arrow: noted(arrow[0], "->"), text, count=1)
    if "#" not in text:
        text = _FEEDBACK.sub(lambda mark: noted("＃", "#"), text, count=1)
    return text
