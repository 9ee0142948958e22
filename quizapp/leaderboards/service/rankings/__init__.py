"""Rankings in the store: sorted sets that answer a page of a board in one round trip.

A ranking is a copy of the standings, never the truth: it can be thrown away at any moment, and
readers then take the same rows from the tables. A *generation* is a whole copy under a name of
its own. The *pointer* of a board names the generation to read and the version it is at; it moves
in one step, so a new day or season is there as a whole or not at all. A reader asks for the
version that the database has, and gets that one or nothing.
"""

from .building import RankedTeam, build, forget, version_of
from .moving import Moved, carry
from .reading import read_slice
from .scripts import is_open

__all__ = [
    "Moved",
    "RankedTeam",
    "build",
    "carry",
    "forget",
    "is_open",
    "read_slice",
    "version_of",
]
