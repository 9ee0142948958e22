"""What is missing before a draft is an item: codes and their sentences."""

ERRORS: dict[str, str] = {}
DECISIONS: dict[str, str] = {}
FIXES: dict[str, str] = {}
WARNINGS: dict[str, str] = {}
