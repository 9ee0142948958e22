"""The XML format of Moodle, with enclosed pictures, categories and tags."""

from question_bank.formats.moodle_xml.reading import read
from question_bank.formats.moodle_xml.writing import write

__all__ = ["read", "write"]
