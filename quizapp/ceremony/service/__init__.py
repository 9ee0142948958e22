"""The front door of the ceremony: what is shown and handed out when a season is closed."""

from .packing import Pack, Podium, get_pack, write_archive
from .paper import write_paper
from .workbook import write_workbook

__all__ = ["Pack", "Podium", "get_pack", "write_archive", "write_paper", "write_workbook"]
