"""Questions in Word files: reading .docx of any make, writing papers to print.

`paragraphs`, `numbering` and `blocks` read the document, `lists` tells what automatic numbers
count, `reading` hands the lines to the reader of pasted text. `writing` makes the papers.
"""

from question_bank.formats.word.reading import read

__all__ = ["read"]
