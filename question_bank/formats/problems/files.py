"""What is wrong with a file: type, encoding, what it unpacks to: codes and their sentences."""

ERRORS: dict[str, str] = {}
DECISIONS: dict[str, str] = {}
FIXES: dict[str, str] = {}
WARNINGS: dict[str, str] = {}
