"""Questions in JSON: lists of objects, one object per line, or `"stem|option|option": "answer"`.

`loading` gives entries, `fields` finds the pieces of each by their names, `reading` makes drafts.
"""

from question_bank.formats.key_value.reading import read

__all__ = ["read"]
