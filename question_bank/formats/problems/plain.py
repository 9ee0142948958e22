"""What readers of GIFT, Aiken, missing word, Cloze and Moodle XML find: codes, sentences."""

ERRORS: dict[str, str] = {}
DECISIONS: dict[str, str] = {}
FIXES: dict[str, str] = {}
WARNINGS: dict[str, str] = {}
