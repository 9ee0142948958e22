"""Makers of rows for tests: one module per kind of thing."""
