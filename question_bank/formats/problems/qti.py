"""What readers and the writer of QTI find: codes and their sentences."""

ERRORS: dict[str, str] = {
    # The file.
    "qti.root": "This XML begins with “{name}”, which is no question of QTI.",
    "qti.no_items": "There is no question in this file ({count} documents of QTI were looked at).",
    # A question that is not carried over.
    "qti.item_missing": "The package speaks of “{href}”, which is not enclosed.",
    "qti.remote": "“{href}” lies outside the package and was not fetched.",
    "qti.no_interaction": "This is only text to read: it asks for no answer.",
    "qti.interaction": "Questions of the type {name} cannot be carried over.",
    "qti.program": "This question runs a program of its own ({name}), which is not allowed here.",
    "qti.adaptive": "This question changes while it is answered, which is not possible here.",
    "qti.randomised": "Its numbers are drawn anew for every learner, which is not possible here.",
    "qti.response_undeclared": "The response “{name}” is used, but never declared.",
    "qti.no_options": "There is nothing to choose from.",
    "qti.out_of_sight": "What is to be answered stands in a part that cannot be carried over.",
    "qti.unreadable": "This question breaks the rules of QTI and was not read.",
    "qti.order_partial": "The key orders {count} of {all} entries; here all of them are ordered.",
    "qti.many_to_many": "Entries of both columns belong to several others; here each has one.",
    "qti.picture_in_pair": "“{name}” is a picture; a pair or a gap can hold text only.",
    "qti.picture_missing": "The picture of this question is missing.",
    "qti.picture_size": "How large the picture “{name}” is could not be found out.",
    "qti.zone": "“{coords}” is no {shape} on the picture.",
    "qti.too_many": "It asks for {count} answers; {limit} are possible.",
    "qti.bank_absent": "It comes from the bank {bank}, which is not in this export.",
}
DECISIONS: dict[str, str] = {}
FIXES: dict[str, str] = {
    "qti.stem_from_title": "The question has no text; its title took the place.",
    "qti.empty_options": "{count} empty entries were left out.",
}
WARNINGS: dict[str, str] = {
    "qti.manifest_missing": "The package has no imsmanifest.xml; its files were read all the same.",
    "qti.manifest_damaged": "The file imsmanifest.xml cannot be read; the others were read.",
    "qti.include": "“{href}” should be put in here; nothing outside the text is ever fetched.",
    "qti.printed_variable": "The value of “{name}” should stand here and was left out.",
    "qti.drawing": "The drawing “{name}” was left out: SVG can carry script. Add it as a picture.",
    "qti.rules_unsupported": "The scoring uses {name}, which is unknown here; only the key counts.",
    "qti.template_unknown": "The scoring “{name}” is not in the question; only the key counts.",
    "qti.scoring_changed": "Partial credit works a little differently here. Please check it.",
    "qti.partly_fixed": "Some options keep their place; here all of them keep the author's order.",
    "qti.open_range": "The accepted range has no end; only the key counts.",
    "qti.unmatched": "What belongs to nothing was left out: {texts}",
    "qti.pattern": "A blank is checked by a pattern, which is unknown here; only texts count.",
    # What a package cannot hold.
    "qti.left_kind": "A question of the kind {kind} cannot be written as QTI.",
    "qti.left_incomplete": "The question is not complete and was left out.",
    "qti.left_media": "The file “{name}” was not at hand and is missing in the package.",
    "qti.left_scoring": "Other programs will give all credit or none here.",
    "qti.left_fields": "QTI has no place for: {fields}.",
    "qti.no_key": "The file does not say what is right.",
    "qti.identifier_repeated": "The identifier “{name}” was used before in this file.",
}
