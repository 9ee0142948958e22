"""How the keys of one file are written: what one key leaves open, the others tell."""

from collections import Counter
from collections.abc import Iterable

from question_bank.formats.authored import keys
from question_bank.formats.authored.keys import Way
from question_bank.formats.authored.raw import Raw


def usual_way(raws: Iterable[Raw]) -> Way | None:
    """Return how keys are written, counting only those that can be read in one way; None if none.

    A bare 3 beside options that are numbers may be the third option or the one that says 3. Where
    no question has options and every key is a mark for true or false, the way is `truth`.
    """
    votes: Counter[Way] = Counter()
    marks, others = 0, 0
    for raw in raws:
        if not raw.answer:
            continue
        if len(raw.options) > 1:
            readings = keys.read_key(raw.answer, raw.labels, raw.texts)
            if len(readings) == 1:
                votes[readings[0].way] += 1
        elif not raw.said:
            is_mark = keys.truth(raw.answer) is not None
            marks, others = marks + is_mark, others + (not is_mark)
    if votes:
        return votes.most_common(1)[0][0]
    return "truth" if marks and not others else None
