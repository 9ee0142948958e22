"""What every writer returns."""

from dataclasses import dataclass

from question_bank.formats.problems import Problem


@dataclass(frozen=True, slots=True)
class Written:
    """A file ready to be saved.

    `filename_extension` begins with a dot, `media_type` is for the download. `left_out` says,
    question by question, what the format cannot carry.
    """

    data: bytes
    filename_extension: str
    media_type: str
    left_out: tuple[Problem, ...] = ()
