"""What the import desk adds when it takes questions in: codes and their sentences."""

WARNINGS = {
    "desk.media_refused": "The file {name} was left out: {reason}",
    "desk.media_missing": "The file {name} is named in the question, but it is not in the upload.",
}
