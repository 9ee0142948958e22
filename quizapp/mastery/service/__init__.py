"""What can be done with what people know, one module for each act."""

from .rebuilding import find_wrong_cards, find_wrong_sums, rebuild
from .recalling import Recall, recall
from .recording import remember

__all__ = ["Recall", "find_wrong_cards", "find_wrong_sums", "rebuild", "recall", "remember"]
