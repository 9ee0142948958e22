"""The tables of the bank, one module for each concern."""

from .bank import (
    APPROVED,
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
from .importing import Import, ImportRow
from .media import ItemMedia
from .reports import Correction, Report
from .statistics import Calibration, FlagNote, ItemStatistic, TimeBucket

__all__ = [
    "APPROVED",
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
    "FlagNote",
    "Import",
    "ImportRow",
    "Item",
    "ItemDraft",
    "ItemGram",
    "ItemMedia",
    "ItemStatistic",
    "ItemVersion",
    "Report",
    "Source",
    "TimeBucket",
    "Topic",
]
