"""Measuring the hot paths on PostgreSQL and Redis, each beside a one-line "hello" of the same run.

``make bench`` runs it; ``README.md`` in this folder says how to read what it prints.
"""
