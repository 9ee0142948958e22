"""What readers of GIFT, Aiken, missing word, Cloze and Moodle XML find: codes, sentences."""

ERRORS: dict[str, str] = {
    "plain.description": "This is a text without a question. Nothing was imported from it.",
    "plain.type_unsupported": "Questions of the type “{type}” cannot be imported.",
    "plain.type_missing": "The type of this question is not given.",
    "plain.brace_missing": "A brace around the answers is missing.",
    "plain.second_answers": (
        "There is a second pair of braces. Leave a blank line between questions."
    ),
    "plain.answers_few": "{count} answers were found; at least {least} are needed.",
    "plain.arrow_missing": "The arrow -> is missing in the pair “{text}”.",
    "plain.not_a_number": "“{text}” is no number with a margin, such as 5, 5:0.1 or 1..5.",
    "plain.grade_unreadable": "“{text}” is no share from -100 to 100 percent.",
    "plain.no_answers": "No answers in braces were found.",
    # Aiken.
    "plain.key_missing": "The line ANSWER: is missing.",
    "plain.key_unreadable": "“{text}” names none of the options {first} to {last}.",
    "plain.options_without_stem": "These options have no question above them.",
    "plain.text_alone": "This line belongs to no question.",
    # Embedded answers.
    "plain.no_blanks": "The text has no answers such as 1:SHORTANSWER:=... in braces.",
    "plain.blank_unreadable": "The answers “{text}” could not be read.",
    "plain.blank_type": "“{type}” is no type of embedded answer.",
    "plain.blank_full_missing": "No answer of blank {number} earns everything.",
    "plain.blank_several": "Blank {number} asks for several options at once.",
    # Moodle XML.
    "plain.true_false_unclear": "It is not clear whether the statement is true.",
    "plain.gap_unknown": "The gap [[{number}]] has no answer.",
}
DECISIONS: dict[str, str] = {
    "plain.full_width": (
        "Full-width characters ({found}) were read as control characters. Before: {before} "
        "After: {after}"
    ),
}
FIXES: dict[str, str] = {
    "plain.blank_line_inside": "A blank line inside the answers was taken out.",
    "plain.blank_line_added": "A blank line before the next question was missing.",
    "plain.latex_kept": "“{text}” was read as LaTeX, not as a line break.",
    "plain.underscores": "A row of underscores that is no blank was shortened.",
    "plain.true_false_word": "“{text}” was read as {meaning}.",
    "plain.lines_joined": "Several lines were joined into one text.",
    "plain.marks_accepted": "Line {line}: “{text}” was accepted as {meaning}.",
    "plain.several_keys": "The key names {count} options: this became a multiple choice.",
}
WARNINGS: dict[str, str] = {
    "plain.wildcard": "The asterisk in “{text}” accepts any words in other programs, not here.",
    "plain.accepts_anything": "The answer “*”, which accepts anything, was left out.",
    "plain.feedback_lost": "The feedback on “{answer}” was left out: {text}",
    "plain.overall_lost": "A text shown after answering was left out: {text}",
    "plain.hints_lost": "{count} hints were left out.",
    "plain.units_lost": "Other units than “{unit}” were left out.",
    "plain.unit_needed": "The unit is part of the answer in the file; here it may be left out.",
    "plain.media_elsewhere": "The picture “{name}” in an explanation or feedback was left out.",
    "plain.media_unreadable": "The enclosed file “{name}” could not be read.",
    "plain.hidden": "The question is hidden or deleted in the program it comes from.",
    "plain.template_lost": "The text that the answer starts with was left out.",
}
