"""The front door of statutory training: courses, exams, certificates, and who holds them.

``learning`` is what a learner does, ``courses`` and ``desk`` are for the trainer, ``certificates``
proves, ``people`` is the one list of names, ``paper`` and ``files`` enter results from paper.
"""

from .certificates import (
    CertificateView,
    Checked,
    certify,
    check,
    get_certificate,
    issue_missing,
    list_own,
    withdraw,
)
from .checking import find_missing, find_unfounded
from .courses import (
    CourseText,
    SectionText,
    add_course,
    close,
    discard,
    publish,
    revise,
    save_draft,
)
from .exams import ExamPlan, ExamRow
from .files import apply_file, cancel, forget_old, receive, view_file
from .learning import CourseLine, get_course, get_exam, list_courses, start_exam
from .paper import Entry, enter
from .people import Asked, list_people, log_reading

__all__ = [
    "Asked",
    "CertificateView",
    "Checked",
    "CourseLine",
    "CourseText",
    "Entry",
    "ExamPlan",
    "ExamRow",
    "SectionText",
    "add_course",
    "apply_file",
    "cancel",
    "certify",
    "check",
    "close",
    "discard",
    "enter",
    "find_missing",
    "find_unfounded",
    "forget_old",
    "get_certificate",
    "get_course",
    "get_exam",
    "issue_missing",
    "list_courses",
    "list_own",
    "list_people",
    "log_reading",
    "publish",
    "receive",
    "revise",
    "save_draft",
    "start_exam",
    "view_file",
    "withdraw",
]
