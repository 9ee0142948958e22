"""What reviewers do: pass a level or return a wording, publish, withdraw."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from flask_babel import gettext as _
from sqlalchemy import select

from quizapp.accounts.access import Viewer
from quizapp.accounts.models import Person
from quizapp.accounts.permissions import Permission
from quizapp.core import audit, clock
from quizapp.core.db import atomic, db
from quizapp.core.forms import Refusal
from quizapp.core.i18n import format_when

from .. import rules
from ..events import WordingCancelled, WordingReturned, WordingWithdrawn
from ..models import GIVEN_BACK, LEVELS, PASSED, SCHEDULED, ReviewCase, Signature
from .moving import end, go_on, lock_case, publish, tell
from .showing import kind_of

COMMENT_LENGTH = 2000
LATEST = timedelta(days=366)  # nobody plans a question further ahead; it is a slip of the year
PERMISSIONS = {
    rules.FIRST: Permission.REVIEW_FIRST,
    rules.SECOND: Permission.REVIEW_SECOND,
    rules.FINAL: Permission.REVIEW_FINAL,
}


def points_of(case: ReviewCase, level: str) -> tuple[str, ...]:
    """Return the codes to tick at ``level``: those of the kind first, then what all have."""
    sheet = kind_of(case.subject).show(case.organisation_id, case.subject_id)
    own = tuple(point.code for point in sheet.points.get(level, ()))
    return own + rules.CHECKLISTS[level]


@atomic
def pass_level(
    viewer: Viewer,
    public_id: str,
    *,
    level: str,
    seen_hash: str,
    ticked: Collection[str] = (),
    comment: str = "",
    publish_at: datetime | None = None,
) -> None:
    """Sign a wording at ``level`` and send it on; after the last one it is published or scheduled.

    ``seen_hash`` is of the content that was on the reviewer's screen: nothing else is signed.
    Raises LookupError for a case of another organisation, Refusal with the reason otherwise; whose
    signature came first is told by name.
    """
    case = _case_to_sign(viewer, public_id, level, seen_hash)
    if rules.missing_points(points_of(case, level), ticked):
        raise Refusal(_("Tick every point of the checklist before you pass it."), status=422)
    if publish_at is not None and publish_at > clock.now() + LATEST:
        raise Refusal(_("Choose a day within the next year."), status=422)
    _sign(viewer, case, level, PASSED, ticked=ticked, comment=comment)
    go_on(case, level, publish_at)


@atomic
def return_wording(
    viewer: Viewer, public_id: str, *, level: str, seen_hash: str, comment: str
) -> None:
    """Give a wording back to its author with a comment, which may not be empty.

    Raises what ``pass_level`` raises.
    """
    case = _case_to_sign(viewer, public_id, level, seen_hash)
    words = comment.strip()
    if not words:
        raise Refusal(_("Say what should change: the author reads it."), status=422)
    _sign(viewer, case, level, GIVEN_BACK, comment=words)
    end(case, "return")
    tell(WordingReturned, case, comment=words)


def _case_to_sign(viewer: Viewer, public_id: str, level: str, seen_hash: str) -> ReviewCase:
    """Lock a case and return it when this person may sign exactly this content at this level."""
    case = lock_case(viewer, public_id)
    signed = _signatures(case.id)
    if level not in LEVELS or case.state != level:
        raise Refusal(_who_was_first(signed, level))
    blocked = rules.why_not_sign(
        viewer.id,
        author_id=case.author_id,
        signed_by=[signature.person_id for signature, _name in signed],
        has_role=viewer.may(PERMISSIONS[level]),
    )
    if blocked:
        raise Refusal(why_blocked(blocked), status=403)
    if case.content_hash not in (seen_hash,) or _hash_now(case) != case.content_hash:
        raise Refusal(_("What you saw is not what is stored. Nothing was signed; open it again."))
    return case


def _hash_now(case: ReviewCase) -> str:
    return kind_of(case.subject).hash_of(case.subject_id)


def _signatures(case_id: int) -> Sequence[tuple[Signature, str | None]]:
    rows = db.session.execute(
        select(Signature, Person.name)
        .outerjoin(Person, Person.id == Signature.person_id)
        .where(Signature.case_id == case_id)
    )
    return [(row[0], row[1]) for row in rows]


def _who_was_first(signed: Sequence[tuple[Signature, str | None]], level: str) -> str:
    for signature, name in signed:
        if signature.stage == level:
            when = format_when(signature.at)
            if signature.decision == PASSED:
                return _("%(name)s passed this level: %(time)s.", name=name, time=when)
            return _("%(name)s returned this wording: %(time)s.", name=name, time=when)
    return _("It is somewhere else by now. Open it again to see where.")


def why_blocked(reason: str) -> str:
    """Word why somebody may not sign, as ``rules.why_not_sign`` gives it; empty for no reason."""
    return {
        "": "",
        "author": _("You wrote this wording, so others review it."),
        "signed": _("You signed another level; each level is another person's."),
        "role": _("This level belongs to another role."),
    }[reason]


def _sign(
    viewer: Viewer,
    case: ReviewCase,
    level: str,
    decision: str,
    *,
    ticked: Collection[str] = (),
    comment: str = "",
) -> None:
    db.session.add(
        Signature(
            case_id=case.id,
            stage=level,
            decision=decision,
            person_id=viewer.id,
            content_hash=case.content_hash,
            checklist=json.dumps(sorted(set(ticked) & set(points_of(case, level)))),
            comment=comment.strip()[:COMMENT_LENGTH],
        )
    )
    audit.record(f"review.{decision}", f"case:{case.public_id}", actor_id=viewer.id, level=level)
    db.session.flush()


@atomic
def publish_now(viewer: Viewer, public_id: str) -> None:
    """Publish a scheduled wording before its time; raise LookupError or Refusal when it is not."""
    case = lock_case(viewer, public_id)
    if case.state != SCHEDULED:
        raise Refusal(_("It is somewhere else by now. Open it again to see where."))
    publish(case)


@atomic
def withdraw(viewer: Viewer, public_id: str, comment: str) -> None:
    """Take a published wording away from people, with the reason; nobody meets it from now on.

    One that was only planned goes back to its author. Raises LookupError for a case of another
    organisation, Refusal when it is neither.
    """
    case = lock_case(viewer, public_id)
    words = comment.strip()
    if not words:
        raise Refusal(_("Say why: it stays on record."), status=422)
    is_planned = case.state == SCHEDULED
    end(case, "cancel" if is_planned else "withdraw")
    audit.record(
        "review.withdrawn",
        f"case:{case.public_id}",
        actor_id=viewer.id,
        reason=words[:COMMENT_LENGTH],
    )
    tell(WordingCancelled if is_planned else WordingWithdrawn, case)
