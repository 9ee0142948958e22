"""Quality flags in words: a name, a line for lists, a sentence that says what was seen."""

from __future__ import annotations

from flask_babel import gettext as _

from question_bank.psychometrics.flags import Flag

from .blueprint import bp


@bp.app_template_global()
def flag_name(code: str) -> str:
    """Return what a flag is called; of a code that is not known, the code."""
    names = {
        "key_doubtful": _("The key may be wrong"),
        "discrimination_negative": _("The better ones get it wrong"),
        "leak": _("The answer may have got around"),
        "facility_low": _("Hard question"),
        "discrimination_low": _("Low discrimination"),
        "rapid": _("Often answered without reading"),
        "omitted": _("Often left out"),
        "facility_high": _("Easy question"),
        "option_unchosen": _("A distractor is never chosen"),
        "exposed": _("Shown very often"),
    }
    return names.get(code, code)


@bp.app_template_global()
def flag_line(flag: Flag) -> str:
    """Return a flag with its figure in a few words."""
    params = worded(flag)
    lines = {
        "key_doubtful": lambda: _("Wrong option %(option)s beats the key", **params),
        "discrimination_negative": lambda: _("Discrimination %(discrimination)s", **params),
        "leak": lambda: _("Right answers up to %(after)s%%, time down", **params),
        "facility_low": lambda: _("Hard, %(facility)s%% right", **params),
        "discrimination_low": lambda: _("Low discrimination, %(discrimination)s", **params),
        "rapid": lambda: _("%(share)s%% without reading", **params),
        "omitted": lambda: _("Left out by %(share)s%%", **params),
        "facility_high": lambda: _("Easy, %(facility)s%% right", **params),
        "option_unchosen": lambda: _("Nobody chooses distractor %(option)s", **params),
        "exposed": lambda: _("Shown %(shown)s times in %(days)s days", **params),
    }
    return lines[flag.code]() if flag.code in lines else flag_name(flag.code)


@bp.app_template_global()
def flag_sentence(flag: Flag) -> str:
    """Return what was seen, and what it may mean, in a sentence or two."""
    params = worded(flag)
    sentences = {
        "key_doubtful": lambda: _(
            "Of the colleagues with higher scores %(share)s%% choose %(option)s, and only "
            "%(key_share)s%% the present key %(key)s.",
            **params,
        ),
        "discrimination_negative": lambda: _(
            "Who does better elsewhere does worse here. The key may be wrong, or the wording "
            "misleads those who know."
        ),
        "leak": lambda: _(
            "In the last two weeks %(after)s%% were right in %(fast)s seconds; before, "
            "%(before)s%% in %(slow)s seconds.",
            **params,
        ),
        "facility_low": lambda: _(
            "Only %(facility)s%% are right. The wording may be unclear, or nobody was taught this.",
            **params,
        ),
        "discrimination_low": lambda: _(
            "It hardly tells apart who knows the subject and who does not."
        ),
        "rapid": lambda: _(
            "%(share)s%% answered in less time than reading takes. It may be too long.", **params
        ),
        "omitted": lambda: _("%(share)s%% saw it and gave no answer.", **params),
        "facility_high": lambda: _(
            "%(facility)s%% are right: most learn nothing new from it.", **params
        ),
        "option_unchosen": lambda: _(
            "Distractor %(option)s fools nobody. A more likely mistake would say more.", **params
        ),
        "exposed": lambda: _(
            "It was shown %(shown)s times in %(days)s days, others %(mean)s times on average.",
            **params,
        ),
    }
    return sentences[flag.code]() if flag.code in sentences else flag_name(flag.code)


def worded(flag: Flag) -> dict[str, str]:
    """Return a flag's parameters as they are read: signs, thousands, true and false."""
    return {name: _worded(name, value) for name, value in flag.params.items()}


def _worded(name: str, value: str | float) -> str:
    if name in ("option", "key"):
        return option_word(str(value))
    if name == "discrimination":
        return signed(float(value))
    return f"{value:,}" if isinstance(value, int) else str(value)


@bp.app_template_global()
def option_word(letter: str) -> str:
    """Return what an option is called: its letter, or the words of true and false."""
    return {"true": _("True"), "false": _("False")}.get(letter, letter)


@bp.app_template_filter("correlation")
def signed(value: float | None) -> str:
    """Return a correlation as people write it, with a real minus; a dash for none."""
    return "–" if value is None else f"{value:.2f}".replace("-", "−")
