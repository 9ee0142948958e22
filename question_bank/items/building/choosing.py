"""Building the kinds in which something is chosen: choices, true or false, hotspots."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from question_bank.items import Choice, Hotspot, HotspotZone, Item, TrueFalse
from question_bank.items.building.report import Report
from question_bank.items.choice import SCORINGS
from question_bank.items.draft import Draft, DraftOption
from question_bank.items.options import LETTERS, Option, identify

_FULL = 0.995


def choice(draft: Draft, uid: str, report: Report) -> Item | None:
    """Build a single or multiple choice."""
    stem, explanation = report.stem(draft), report.explanation(draft)
    options = report.options(draft.options, uid, "options")
    scoring = _scoring(draft, report)
    if not options:
        return None
    key = {o.id for o, one in zip(options, draft.options, strict=True) if one.is_right}
    if scoring == "weighted":
        key = key or _best(options, is_single=draft.kind == "single")
        options = _weighted(options, key, is_single=draft.kind == "single")
        _check_weights(options, key, report, is_single=draft.kind == "single")
    else:
        if any(option.weight is not None for option in options):
            report.add("build.weights_unused")
        options = tuple(replace(option, weight=None) for option in options)
        if draft.kind == "single" and len(key) > 1:
            report.add("build.several_keys", count=len(key))
    if not key:
        report.add("build.key_missing")
    if draft.kind == "multiple" and len(key) == 1:
        report.add("build.one_key")
    if not report.is_sound:
        return None
    fields: Any = {"kind": draft.kind, "scoring": scoring}
    return Choice(
        stem=stem,
        options=options,
        key=frozenset(key),
        explanation=explanation,
        is_fixed=draft.is_fixed,
        media=draft.media,
        **fields,
    )


def _scoring(draft: Draft, report: Report) -> str:
    """Return the scoring; weights without any other scoring mean that they count."""
    if not draft.scoring and any(one.weight is not None for one in draft.options):
        return "weighted"
    allowed = SCORINGS if draft.kind == "multiple" else ("all_or_nothing", "weighted")
    return report.scoring(draft, allowed)


def _best(options: Sequence[Option], *, is_single: bool) -> set[str]:
    """Return the ids that weights alone make right: the best of a single choice, else all gains."""
    most = max(option.weight or 0 for option in options)
    least = most if is_single else 0
    return {o.id for o in options if o.weight is not None and o.weight > 0 and o.weight >= least}


def _weighted(options: tuple[Option, ...], key: set[str], *, is_single: bool) -> tuple[Option, ...]:
    """Give the options without a weight theirs: an equal share of the key, or nothing."""
    share = 1.0 if is_single else 1 / max(1, len(key))
    return tuple(
        replace(option, weight=share if option.id in key else 0.0)
        if option.weight is None
        else option
        for option in options
    )


def _check_weights(
    options: Sequence[Option], key: set[str], report: Report, *, is_single: bool
) -> None:
    for number, option in enumerate(options, start=1):
        if option.weight is None or not -1 <= option.weight <= 1:
            report.add(
                "build.weight", found=option.weight or 0, field=f"options[{number}]",
                least=-1, most=1,
            )  # fmt: skip
    weights = [option.weight or 0.0 for option in options if option.id in key]
    most = (max if is_single else sum)(weights or [0.0])
    if key and most < _FULL:
        report.add("build.best_below_full", percent=round(100 * most))


def true_false(draft: Draft, uid: str, report: Report) -> Item | None:
    """Build a statement that is true or false; two options carry the feedback, if there is any."""
    stem, explanation = report.stem(draft), report.explanation(draft)
    if draft.is_true is None:
        report.add("build.truth_missing")
        return None
    said = (*draft.options, DraftOption(""), DraftOption(""))[:2]
    on_true, on_false = (report.text(one.feedback, "feedback") for one in said)
    if not report.is_sound:
        return None
    return TrueFalse(stem, draft.is_true, explanation, (on_true, on_false), draft.media)


def hotspot(draft: Draft, uid: str, report: Report) -> Item | None:
    """Build a picture with zones; equal zones are told apart by their label."""
    stem, explanation = report.stem(draft), report.explanation(draft)
    scoring: Any = report.scoring(draft, ("all_or_nothing", "partial", "corrected"))
    if not draft.image:
        report.add("build.image_missing")
    if len(draft.zones) < 2:
        report.add("build.options_few", field="zones", count=len(draft.zones), least=2)
    if len(draft.zones) > len(LETTERS):
        report.add("build.options_many", field="zones", count=len(draft.zones), most=len(LETTERS))
    zones = _zones(draft, uid, report)
    key = frozenset(z.id for z, one in zip(zones, draft.zones, strict=False) if one.is_right)
    if not any(zone.is_right for zone in draft.zones):
        report.add("build.key_missing")
    if not report.is_sound:
        return None
    return Hotspot(stem, draft.image, tuple(zones), key, explanation, scoring, draft.media)


def _zones(draft: Draft, uid: str, report: Report) -> list[HotspotZone]:
    """Return the zones that can be drawn; ids come from what a zone is, not from its place."""
    marks = [f"{zone.shape}:{','.join(map(str, zone.coords))}" for zone in draft.zones]
    zones: list[HotspotZone] = []
    for number, (zone, mark) in enumerate(zip(draft.zones, identify(uid, marks), strict=True), 1):
        label = report.text(zone.label, f"zones[{number}]")
        if mark.id in {known.id for known in zones}:
            first = marks.index(mark.text) + 1
            report.add("build.option_repeated", field="zones", first=first, second=number)
        try:
            zones.append(HotspotZone(mark.id, zone.shape, zone.coords, label))
        except ValueError:
            report.add("build.zone_shape", number=number)
    return zones
