"""What can be done with what people know, one module for each act."""

from .recalling import Recall, recall
from .recording import remember

__all__ = ["Recall", "recall", "remember"]
