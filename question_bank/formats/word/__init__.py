"""Questions in Word files: reading .docx of any make, writing papers to print.

`paragraphs`, `numbering` and `blocks` read the document, `lists` tells what automatic numbers
count, `reading` hands the lines to the reader of pasted text. `layout` draws the page of a paper,
`keysheet` words its answers, `writing` puts both together.
"""

from question_bank.formats.word.reading import read
from question_bank.formats.word.writing import write

__all__ = ["read", "write"]
