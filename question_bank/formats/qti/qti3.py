"""QTI 3.0: reading and writing."""

from question_bank.formats.qti.reading import read_as
from question_bank.formats.qti.writing.packages import write
from question_bank.formats.reading import Reading

__all__ = ["read", "write"]


def read(data: bytes, filename: str) -> Reading:
    """Read a file or package of QTI 3.0. Never raises; `filename` is only a hint."""
    return read_as("qti3", data, filename)
