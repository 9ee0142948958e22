"""Pages of statutory training: for learners, for whoever checks a certificate, for trainers."""

from . import certificates, desk, learner, people, results  # noqa: F401 - they register routes
from .blueprint import bp

__all__ = ["bp"]
