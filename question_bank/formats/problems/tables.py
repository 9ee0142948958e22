"""What readers of sheets, Word files and pasted text find: codes and their sentences."""

ERRORS: dict[str, str] = {
    # One question.
    "table.stem_missing": "The question has no text.",
    "table.key_missing": "No answer is given.",
    "table.key_unreadable": "The answer “{found}” could not be understood.",
    "table.key_beyond": "The answer “{found}” names no option; they end at {last}.",
    "table.options_missing": "It should be a choice ({kind}), but has {count} options.",
    "table.blanks_differ": "There are {blanks} blanks, but {answers} answers.",
    "table.number_unreadable": "“{found}” is no number and no range of numbers.",
    "table.order_unreadable": "The order “{found}” does not name every option once.",
    "table.pairs_unreadable": "“{found}” could not be read as pairs.",
    "table.kind_unsupported": "Questions of type {kind} cannot be written this way.",
    "table.formula_empty": "The cell holds a formula without a stored result: {formula}",
    "table.formula_error": "The formula in the cell ended in the error {found}.",
    # The file as a whole.
    "table.no_header": "No sheet has a row of column names. Found: {found}.",
    "table.no_stem_column": "No column is for the question itself. Found: {found}.",
    "table.quotes": "Quotation marks do not match in the lines up to {line}.",
    "table.json": "This is not valid JSON (line {line}).",
    "table.entry_unreadable": "This entry is no question: {found}",
}
DECISIONS: dict[str, str] = {
    # Two readings each: the draft holds what the first of two parameters says, or `suggested`.
    "table.key_against_kind": "The type says {declared}, but the answer {key} says {suggested}.",
    "table.key_ambiguous": "The answer “{found}” may mean {first} or {second}.",
    "table.keys_differ": "The question says {first}, the answer below it {second}.",
    "table.key_in_stem": "Is “{found}” in the brackets the answer, or part of the question?",
    "table.key_by_style": "No answer is written, but {found} stands out ({style}).",
    "table.truth_letter": "The answer is {found}: does A mean true and B false?",
    "table.blank_alternatives": "One blank, several answers: is any of “{found}” right?",
    "table.blanks_in_brackets": "Are the {count} brackets blanks, with their answers inside?",
    "table.sample": "It stands on the sample sheet “{sheet}”. Should it be imported?",
    "table.date_cell": "Excel made a date of this: is it “{first}” or “{second}”?",
    "table.case_extent": "Do these {count} questions belong to the material above them?",
}
FIXES: dict[str, str] = {
    "table.kind_guessed": "No type was given; the answer and the options say {kind}.",
    "table.key_as_number": "The answer “{found}” was read as the number of the option: {letters}.",
    "table.options_from_stem": "The options were found in the text of the question.",
    "table.option_gap": "Option {missing} is empty; the options after it move up.",
    "table.order_kept": "The text names options by their place, so they keep their order.",
    "table.option_relabelled": "A letter is there twice; its second option became {letter}.",
    "table.answers_split": "The answers were split at “{separator}”.",
    "table.blanks_added": "{count} blanks were added after the text.",
    "table.answer_explained": "What followed the answer became the explanation: {found}",
    "table.rubric_from_answer": "The rubric was made of the answer ({count} criteria): check it.",
    "table.formula_kept": "The cell holds a formula; its stored result was read: {found}",
}
WARNINGS: dict[str, str] = {
    # One question.
    "table.kind_unknown": "The type “{found}” is unknown.",
    "table.difficulty_unknown": "The difficulty “{found}” was not understood.",
    "table.points_unknown": "The points “{found}” were not understood.",
    "table.date_unknown": "The date “{found}” was not understood.",
    "table.time_limit": "The time limit {found} is none that Kahoot allows.",
    # The file as a whole.
    "table.columns_unused": "Columns that were not used: {names}",
    "table.sheet_hidden": "The hidden sheet “{sheet}” was not read.",
    "table.sheet_unused": "The sheet “{sheet}” has no questions and was not read.",
    "table.row_unused": "This row was not read: {found}",
    "table.rows_above": "Above the column names: {found}",
    "table.line_unused": "This line belongs to no question: {found}",
    "table.key_unused": "The answer to {number} belongs to no question: {found}",
    "table.number_gap": "The numbering jumps from {before} to {after}.",
    "table.object_lost": "An embedded object (such as a formula) was left out.",
    # Writing.
    "table.lost_media": "A sheet cannot carry pictures, sounds or films.",
    "table.lost_case_explanation": "A sheet cannot carry the explanation of a whole case.",
    "table.lost_scoring": "A sheet cannot carry the way of scoring.",
    "table.lost_feedback": "A sheet cannot carry feedback on options.",
    "table.lost_weights": "A sheet cannot carry weights of options or blanks.",
    "table.lost_credits": "A sheet cannot carry partial credits of answers.",
    "table.lost_exact": "A sheet cannot carry that an answer has to match exactly.",
    "table.lost_rubric": "A sheet cannot carry this rubric.",
    "table.lost_labels": "A sheet cannot carry tags or topics with separators in them.",
    "table.question_left_out": "A sheet cannot carry this question ({kind}); it was left out.",
    "word.lost_media": "A printed paper shows no sounds, films or pictures of options.",
    "word.lost_picture": "A picture could not be printed.",
    "word.lost_feedback": "A printed paper does not show feedback on options.",
    "word.question_left_out": "A printed paper cannot show this question ({kind}).",
}
