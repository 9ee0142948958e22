"""Questions in pasted text, in all the layouts of question papers.

`lines` numbers the lines, `tokens` cuts them into pieces, `machine` makes questions of the pieces,
`matching` gives them the answers of lists, `reading` makes drafts.
"""

from question_bank.formats.plain.reading import read, read_lines

__all__ = ["read", "read_lines"]
