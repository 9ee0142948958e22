"""What can be done about reviews, one module for each act."""

from .signing import Wording, record_published, signatures_of

__all__ = ["Wording", "record_published", "signatures_of"]
