"""The demo world: one group, three plants, 24 teams, 300 people, thirty days of history.

Believable, made by the project, and only for the demo: its people have no passwords and cannot
sign in anywhere else.
"""

from .world import load, make_link

__all__ = ["load", "make_link"]
