"""What is missing before a draft is an item: codes and their sentences."""

ERRORS: dict[str, str] = {
    # Any kind.
    "build.kind": "“{found}” is no type of question.",
    "build.stem_missing": "The question itself is missing.",
    "build.too_long": "{field} has {length} characters; {limit} are allowed.",
    "build.scoring": "“{found}” is no scoring of this type; allowed: {allowed}.",
    "build.number": "“{found}” in {field} is no number.",
    "build.credit": "The credit {found} in {field} is not over 0 and up to 1.",
    "build.weight": "The weight {found} in {field} is not between {least} and {most}.",
    # Options: of a choice, an ordering, a blank.
    "build.options_few": "{field} has {count} entries; at least {least} are needed.",
    "build.options_many": "{field} has {count} entries; {most} are allowed.",
    "build.option_empty": "Entry {number} of {field} is empty.",
    "build.option_repeated": "Entries {first} and {second} of {field} say the same.",
    "build.key_missing": "No right answer is marked.",
    "build.truth_missing": "It is not said whether the statement is true or false.",
    # Fill-in and numbers.
    "build.blanks_missing": "There is no blank to fill in.",
    "build.blanks_many": "There are {count} blanks; {most} are allowed.",
    "build.blanks_mismatch": "The text has {marks} blanks, answers are given for {count}.",
    "build.blank_empty": "Blank {number} accepts nothing.",
    "build.blank_mixed": "Blank {number} mixes texts, numbers and options.",
    "build.spans_missing": "No number is given as the answer.",
    # Matching.
    "build.pair_empty": "A side of pair {number} is empty.",
    # Case, essay, hotspot.
    "build.parts_missing": "The case has no question below it.",
    "build.parts_many": "The case has {count} questions; {most} are allowed.",
    "build.part_case": "Question {number} of the case is a case itself.",
    "build.rubric_missing": "The rubric is missing: without it nobody can mark the answer.",
    "build.criterion_empty": "Line {number} of the rubric is empty.",
    "build.image_missing": "The picture is missing.",
    "build.zone_shape": "Zone {number} cannot be drawn on the picture.",
}
DECISIONS: dict[str, str] = {
    "build.several_keys": (
        "{count} options are marked as right in a single choice: choose one, or make it multiple."
    ),
}
FIXES: dict[str, str] = {
    "build.characters": "Invisible characters in {field} were taken out.",
    "build.span_turned": "The bounds {low} and {high} were put in order.",
    "build.extra_repeated": "“{text}” was given twice on the right side; once is enough.",
}
WARNINGS: dict[str, str] = {
    "build.weights_unused": "The weights of the options are not used by this scoring.",
    "build.credit_none": "“{text}” gives no credit, so it counts as wrong like any other answer.",
    "build.best_below_full": "The best answer gives {percent} % of the credit only.",
    "build.one_key": "Only one option of several is right.",
}
