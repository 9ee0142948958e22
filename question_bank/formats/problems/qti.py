"""What readers of QTI packages find: codes and their sentences."""

ERRORS: dict[str, str] = {}
DECISIONS: dict[str, str] = {}
FIXES: dict[str, str] = {}
WARNINGS: dict[str, str] = {}
