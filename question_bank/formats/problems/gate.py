"""What the quality gate finds: codes and their sentences."""

ERRORS = {
    # The gate, one item.
    "quality.duplicate_id": "Another pack uses this id too.",
    "quality.duplicate": "{similarity} % like {other}: one of them is enough.",
    "quality.long_key": "{length} characters against a median of {median} give the key away.",
    "quality.explanation_length": "The explanation has {length} characters, not {least} to {most}.",
    "quality.clause_missing": "The clause is missing.",
    "quality.clause_unreadable": "“{clause}” is no clause such as 第五十五条.",
    "quality.clause_range": "Article {article} is cited; the source has {articles}.",
    "quality.forbidden_word": "“{word}” in {field} is to be avoided ({reason}).",
    "quality.ascii_punctuation": "“{found}” in {field} should be full width.",
    "quality.long_sentence": "{length} characters without a stop in {field}; {most} is the limit.",
    "quality.expired": "It was valid until {valid_until}: check the source again.",
    "quality.validity_too_long": "Valid until {valid_until}; {latest} is the latest.",
    # The gate, the bank.
    "quality.key_position": "{share} % of {count} keys are {letter}; {least} to {most} % is right.",
    "quality.false_share": "{share} % of {count} statements are false, not {least} to {most} %.",
}
WARNINGS = {
    # The gate, one item.
    "quality.verified_in_future": "It was verified on {verified_on}, which is yet to come.",
    "quality.topic_long": "The topic has {length} characters; {most} fit.",
    # The gate, a pack.
    "quality.title_long": "The title of {theme} has {length} characters; {most} fit.",
    "quality.source_incomplete": "The source {source} of {theme} has no {field}.",
    "quality.source_unused": "No item of {theme} cites the source {source}.",
    "quality.longest_key": (
        "In {theme} the key is the longest option in {share} % of {count} items, over {most} %."
    ),
}
