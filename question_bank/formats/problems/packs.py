"""What can be wrong with a pack: codes and their sentences."""

ERRORS = {
    # The file as a whole.
    "pack.encoding": "The file is not UTF-8 (at byte {offset}). Save it as UTF-8.",
    "pack.too_large": "The file has {size} bytes; {limit} are allowed.",
    "pack.syntax": "This is not valid TOML: {detail}.",
    "pack.format": "The format is “{found}”; it should be “{expected}”.",
    "pack.too_many_items": "The pack has {count} items; {limit} are allowed.",
    "pack.no_items": "The pack has no item.",
    # One field of the pack, of a source or of an item; `field` is its path.
    "field.missing": "The field {field} is missing.",
    "field.unknown": "The field {field} is unknown. Is it misspelt?",
    "field.not_for_type": "An item of type {type} has no field {field}.",
    "field.type": "The field {field} should be {expected}, not {found}.",
    "field.empty": "The field {field} is empty.",
    "field.whitespace": "The field {field} begins or ends with a space or a line break.",
    "field.control": "The field {field} holds the invisible character {character}.",
    "field.too_long": "The field {field} has {length} characters; {limit} are allowed.",
    "field.too_small": "The number in {field} is {found}; the least is {least}.",
    "field.value": "The field {field} is “{found}”; allowed: {allowed}.",
    "field.slug": "“{found}” in {field} may hold only a-z, 0-9 and hyphens.",
    "field.language": "“{found}” in {field} is no language tag such as zh-CN.",
    "field.url": "The address “{found}” in {field} should begin with http:// or https://.",
    # One item.
    "item.id_format": "The id “{found}” should be {theme}- and three to six digits.",
    "item.duplicate_id": "The id was used before, in line {first_line}.",
    "item.option_count": "There are {count} options; {least} to {most} are allowed.",
    "item.duplicate_option": "Options {first} and {second} say the same.",
    "item.key_letter": "The key names “{letter}”; the options are A to {last}.",
    "item.key_repeated": "The key names {letter} more than once.",
    "item.key_count": "The key names {count} options; {least} to {most} are right here.",
    "item.beside_options": "{field} has {found} entries; there are {count} options.",
    "item.answer_twice": "Give either an answer with its tolerance, or spans.",
    "item.source_unknown": "The source “{source}” is not described in the pack.",
    "item.dates": "Valid until {valid_until}, but verified only on {verified_on}.",
}
WARNINGS = {
    # What a pack cannot carry, when items are written.
    "pack.kind_left_out": "A pack cannot carry a question of type {kind}; it was left out.",
    "pack.media_left_out": "A pack cannot carry pictures, sounds and films: {count} left out.",
    "pack.passport_missing": "It has no {field}, which a pack wants; it was left out.",
}
