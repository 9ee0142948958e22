"""Pages of badges: one's own, what everybody may read, and the desk."""

from . import desk, own, public  # noqa: F401 - they register routes
from .blueprint import bp

__all__ = ["bp"]
