"""What the import desk adds when it takes questions in: codes and their sentences."""

FIXES = {
    "desk.rubric_made": (
        "No rubric was given: one criterion worth {points} points was added. Please check it."
    ),
}
WARNINGS = {
    "desk.media_refused": "The file {name} was left out: {reason}",
    "desk.media_missing": "The file {name} is named in the question, but it is not in the upload.",
}
