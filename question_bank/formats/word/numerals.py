"""Numbers as Word's automatic numbering writes them."""

from collections.abc import Callable

_DIGITS = "零一二三四五六七八九"
_LEGAL = "零壹贰叁肆伍陆柒捌玖"
_STEMS = "甲乙丙丁戊己庚辛壬癸"
_BRANCHES = "子丑寅卯辰巳午未申酉戌亥"
_ROMAN = (
    (1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"), (50, "l"),
    (40, "xl"), (10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i"),
)  # fmt: skip


def _chinese(number: int, digits: str, ten: str, hundred: str) -> str:
    """Return a number below 1000 in Chinese: 12 is 十二, 105 is 一百零五."""
    if not 0 < number < 1000:
        return str(number)
    hundreds, rest = divmod(number, 100)
    tens, ones = divmod(rest, 10)
    text = f"{digits[hundreds]}{hundred}" if hundreds else ""
    if tens:
        text += ten if tens == 1 and not hundreds else f"{digits[tens]}{ten}"
    elif hundreds and ones:
        text += digits[0]
    return text + (digits[ones] if ones else "")


def _letters(number: int) -> str:
    """Return A to Z, then AA, BB: a letter again for each round, as Word does."""
    rounds, place = divmod(number - 1, 26)
    return chr(ord("A") + place) * (rounds + 1)


def _roman(number: int) -> str:
    text = ""
    for value, letters in _ROMAN:
        count, number = divmod(number, value)
        text += letters * count
    return text


def _from(first: int, last: int) -> Callable[[int], str]:
    """Return a format whose numbers from 1 on are characters from `first` on, up to `last`."""

    def one(number: int) -> str:
        return chr(first + number - 1) if 0 < number <= last else str(number)

    return one


def _cycle(signs: str) -> Callable[[int], str]:
    return lambda number: signs[(number - 1) % len(signs)]


def _wide(number: int) -> str:
    return "".join(chr(ord(digit) + 0xFEE0) for digit in str(number))


def _digital(number: int) -> str:
    return "".join("〇一二三四五六七八九"[int(digit)] for digit in str(number))


def _counting(number: int) -> str:
    return _chinese(number, _DIGITS, "十", "百")


_FORMATS: dict[str, Callable[[int], str]] = {
    "decimal": str,
    "decimalZero": lambda number: f"{number:02}",
    "upperLetter": _letters,
    "lowerLetter": lambda number: _letters(number).lower(),
    "upperRoman": lambda number: _roman(number).upper(),
    "lowerRoman": _roman,
    "chineseCounting": _counting,
    "chineseCountingThousand": _counting,
    "japaneseCounting": _counting,
    "taiwaneseCounting": _counting,
    "taiwaneseCountingThousand": _counting,
    "koreanDigital2": _counting,
    "ideographDigital": _digital,
    "taiwaneseDigital": _digital,
    "chineseLegalSimplified": lambda number: _chinese(number, _LEGAL, "拾", "佰"),
    "ideographLegalTraditional": lambda number: _chinese(number, _LEGAL, "拾", "佰"),
    "ideographTraditional": _cycle(_STEMS),
    "ideographZodiac": _cycle(_BRANCHES),
    "decimalEnclosedCircle": _from(0x2460, 20),
    "decimalEnclosedCircleChinese": _from(0x2460, 20),
    "ideographEnclosedCircle": _from(0x3220, 10),
    "decimalEnclosedParen": lambda number: f"({number})",
    "decimalEnclosedFullstop": lambda number: f"{number}.",
    "decimalFullWidth": _wide,
    "decimalFullWidth2": _wide,
    "decimalHalfWidth": str,
    "numberInDash": lambda number: f"- {number} -",
    "none": lambda number: "",
    "bullet": lambda number: "",
}
LETTERED = frozenset({"upperLetter", "lowerLetter"})
HEADING_LIKE = frozenset(
    {
        "chineseCounting", "chineseCountingThousand", "japaneseCounting", "taiwaneseCounting",
        "taiwaneseCountingThousand", "ideographDigital", "chineseLegalSimplified", "upperRoman",
        "ideographLegalTraditional",
    }
)  # fmt: skip


def written(number: int, format_name: str) -> str:
    """Return a number, from 1, in one of Word's formats; an unknown format gives digits."""
    return _FORMATS.get(format_name, str)(max(number, 1)) if number > 0 else "0"
