"""Questions in sheets: xlsx, CSV and tab-separated text, in every layout that people use.

`opening` gives rows of values, `headers` says what the columns are, `rows` finds the pieces of each
question, `reading` joins the sheets. `writing` and `template` make sheets that are read back.
"""

from question_bank.formats.sheets.reading import read
from question_bank.formats.sheets.template import template
from question_bank.formats.sheets.writing import write, write_csv

__all__ = ["read", "template", "write", "write_csv"]
