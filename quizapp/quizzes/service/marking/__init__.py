"""Marking by people: blind, by a rubric, once or twice, settled once; and appeals."""
