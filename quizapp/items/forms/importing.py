"""The form of an upload."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField
from wtforms import SelectChoice, SelectField, TextAreaField
from wtforms.validators import Length, ValidationError

from question_bank.formats import Format
from quizapp.core.forms import Form

MAX_PASTED = 1_000_000


class UploadForm(Form):
    """A file, or text pasted instead; where its questions go, and what it is when that is known."""

    file = FileField(_l("File"))
    pasted = TextAreaField(
        _l("Or paste questions here"),
        validators=[Length(max=MAX_PASTED, message=_l("This text is too long: use a file."))],
    )
    topic = SelectField(_l("Topic for questions that name none"), coerce=int)
    format = SelectField(_l("Format"), validate_choice=False)

    def offer(
        self,
        topics: Sequence[tuple[int, str]],
        known: Iterable[Format],
        names: Mapping[str, str],
    ) -> None:
        """Fill the lists: topics by their paths, formats that can be read by their ``names``."""
        self.topic.choices = [
            SelectChoice(0, _("Not yet sorted")),
            *(SelectChoice(topic_id, path) for topic_id, path in topics),
        ]
        self.format.choices = [
            SelectChoice("", _("Find out")),
            *(SelectChoice(one.name, names[one.title]) for one in known if one.read),
        ]

    def validate_file(self, field: FileField) -> None:
        """Ask for one of the two."""
        if not field.data and not (self.pasted.data or "").strip():
            raise ValidationError(_("Choose a file, or paste some questions."))

    def content(self) -> tuple[str, bytes]:
        """Return the name and the bytes of what was given; a file goes before pasted text."""
        if self.file.data:
            return self.file.data.filename or "", self.file.data.read()
        return str(_("Pasted text")) + ".txt", self.pasted.data.encode("utf-8")
