"""The tables of the bank, one module for each concern."""

from .bank import (
    APPROVED,
    ARRIVING,
    CHECKED,
    DRAFT,
    EDITING,
    EXPIRED,
    NO_STAGE,
    RETURNED,
    SCHEDULED,
    STAGES,
    STATUSES,
    WITHDRAWN,
    Item,
    ItemDraft,
    ItemGram,
    ItemVersion,
    Source,
    Topic,
)
from .exporting import Export
from .importing import Import, ImportRow
from .media import ItemMedia
from .reports import Correction, Report
from .statistics import Calibration, FlagNote, ItemQuality, ItemStatistic, TimeBucket

__all__ = [
    "APPROVED",
    "ARRIVING",
    "CHECKED",
    "DRAFT",
    "EDITING",
    "EXPIRED",
    "NO_STAGE",
    "RETURNED",
    "SCHEDULED",
    "STAGES",
    "STATUSES",
    "WITHDRAWN",
    "Calibration",
    "Correction",
    "Export",
    "FlagNote",
    "Import",
    "ImportRow",
    "Item",
    "ItemDraft",
    "ItemGram",
    "ItemMedia",
    "ItemQuality",
    "ItemStatistic",
    "ItemVersion",
    "Report",
    "Source",
    "TimeBucket",
    "Topic",
]
