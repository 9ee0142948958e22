"""The roster: read a file, say line by line what is wrong and what would change, write it.

``reading`` turns bytes into rows, ``checking`` rows into a plan, ``applying`` a plan into rows of
the database.
"""

from .applying import apply_import
from .checking import plan_import
from .findings import Line, Message
from .plan import PersonChange, Plan, UnitChange
from .reading import MAX_BYTES, Table, read_table

__all__ = [
    "MAX_BYTES",
    "Line",
    "Message",
    "PersonChange",
    "Plan",
    "Table",
    "UnitChange",
    "apply_import",
    "plan_import",
    "read_table",
]
