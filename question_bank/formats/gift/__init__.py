"""The GIFT format of Moodle: questions as text, answers in braces.

Read as Moodle reads it, which is more forgiving than the published grammar; written with
everything escaped.
"""

from question_bank.formats.gift.reading import read
from question_bank.formats.gift.writing import write

__all__ = ["read", "write"]
