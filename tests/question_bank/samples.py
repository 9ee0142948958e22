"""Drafts for tests: one of every kind, and strategies that make many."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import strategies as st

from question_bank.items import Item, Media, building
from question_bank.items.draft import (
    Accepted,
    Criterion,
    Draft,
    DraftBlank,
    DraftOption,
    Span,
    Zone,
)

UID = "kinds-001"

DRAFTS: dict[str, Draft] = {
    "single": Draft(
        "single",
        "吊索断股，先做什么？",
        "先保证人的安全。",
        options=(
            DraftOption("停下撤离", is_right=True),
            DraftOption("继续作业", feedback="这样会伤到人。"),
            DraftOption("拍照留念"),
        ),
    ),
    "multiple": Draft(
        "multiple",
        "哪些要如实告知？",
        "三项都是知情权的内容。",
        options=(
            DraftOption("危险因素", is_right=True),
            DraftOption("防范措施", is_right=True),
            DraftOption("应急措施", is_right=True),
            DraftOption("同事工资"),
        ),
        scoring="partial",
    ),
    "true_false": Draft("true_false", "隐患可以明天再报。", "应当立即报告。", is_true=False),
    "cloze": Draft(
        "cloze",
        "特种作业人员取得____后上岗，每____年复审，证件由____核发。",
        "按规定三年复审一次。",
        blanks=(
            DraftBlank((Accepted("操作资格证书"), Accepted("证书", 0.5))),
            DraftBlank(spans=(Span("3", "3"),)),
            DraftBlank(options=(DraftOption("应急管理部门", is_right=True), DraftOption("班组"))),
        ),
    ),
    "numeric": Draft(
        "numeric",
        "额定载荷是多少？",
        "铭牌上写着八千牛。",
        spans=(Span("7.5", "8.5"), Span("7", "9", 0.5)),
        unit="kN",
    ),
    "ordering": Draft(
        "ordering",
        "按先后排列心肺复苏的步骤。",
        "先看现场，再看人。",
        options=(
            DraftOption("判断环境"),
            DraftOption("判断意识"),
            DraftOption("呼救"),
            DraftOption("按压"),
        ),
        scoring="partial",
    ),
    "matching": Draft(
        "matching",
        "标志的颜色各表示什么？",
        "红禁止，黄警告，蓝指令。",
        pairs=(("红", "禁止"), ("黄", "警告"), ("蓝", "指令")),
        extras=("提示",),
    ),
    "case": Draft(
        "case",
        "老王焊接时发现气瓶倒在地上，旁边有油污。",
        "先停火，再处理气瓶。",
        parts=(
            Draft(
                "single",
                "他先做什么？",
                options=(DraftOption("停止动火", is_right=True), DraftOption("接着焊")),
            ),
            Draft(
                "cloze",
                "气瓶与明火相距不少于____米。",
                blanks=(DraftBlank((Accepted("10"),)),),
            ),
        ),
    ),
    "essay": Draft(
        "essay",
        "说说你岗位上的一处隐患。",
        "说清地点、危险和做法。",
        rubric=(Criterion("说清地点", 1), Criterion("说清做法", 2)),
        sample="通道堆了托盘，清走并画线。",
    ),
    "hotspot": Draft(
        "hotspot",
        "图中哪里是急停按钮？",
        "红色蘑菇头是急停。",
        image="a" * 64,
        zones=(
            Zone("rect", (100, 100, 300, 250), "左上", is_right=True),
            Zone("circle", (700, 300, 80), "右上"),
            Zone("poly", (400, 600, 600, 600, 500, 900)),
        ),
    ),
}


def item(kind: str, **changes) -> Item:
    """Return the sample item of a kind, with fields of its draft changed."""
    built = building.build(replace(DRAFTS[kind], **changes), UID)
    assert built.item is not None, built.problems
    return built.item


ITEMS: dict[str, Item] = {kind: item(kind) for kind in DRAFTS}

# Texts as an author may write them: no control characters, nothing around them.
TEXT = st.text(
    st.sampled_from("安全生产法，。？“”aX 09\"'\\\n\t#[]{}=%😀é\u00a0\u3000"), max_size=20
).map(lambda text: text.strip() or "甲")
_CREDIT = st.sampled_from([1.0, 0.5, 1 / 3])
_NUMBER = st.decimals(-1000, 1000, places=2).map(str)
_SPAN = st.builds(
    lambda low, high, credit: Span(*sorted((low, high), key=float), credit),
    _NUMBER,
    _NUMBER,
    _CREDIT,
)
_IMAGE = st.sampled_from(["", "", "b" * 64])
_MEDIA = st.lists(
    st.builds(Media, st.just("c" * 64), st.sampled_from(["image", "audio", "video"]), TEXT),
    max_size=2,
).map(tuple)


def _folded(text: str) -> str:
    return "".join(text.split())


def texts(least: int = 2, most: int = 5) -> st.SearchStrategy[list[str]]:
    """Return lists of texts that differ."""
    return st.lists(TEXT, min_size=least, max_size=most, unique_by=_folded)


@st.composite
def options(draw, *, has_media: bool, is_weighted: bool = False) -> tuple[DraftOption, ...]:
    """Return options of which at least one is right."""
    named = draw(texts())
    right = draw(st.sets(st.integers(0, len(named) - 1), min_size=1))
    return tuple(
        DraftOption(
            text,
            place in right,
            draw(st.sampled_from([-1.0, 0.0, 0.25, 1.0])) if is_weighted else None,
            draw(st.one_of(st.just(""), TEXT)),
            draw(_IMAGE) if has_media else "",
        )
        for place, text in enumerate(named)
    )


@st.composite
def _blank(draw) -> DraftBlank:
    accepted = st.lists(st.builds(Accepted, TEXT, _CREDIT), min_size=1, max_size=3).map(tuple)
    filled = draw(
        st.one_of(
            st.builds(DraftBlank, accepted=accepted, is_exact=st.booleans()),
            st.builds(DraftBlank, spans=st.lists(_SPAN, min_size=1, max_size=2).map(tuple)),
            st.builds(DraftBlank, options=options(has_media=False)),
        )
    )
    return replace(filled, weight=draw(st.sampled_from([1.0, 2.0, 0.5])))


@st.composite
def drafts(draw, kinds: tuple[str, ...] = tuple(DRAFTS), *, has_media: bool = True) -> Draft:
    """Return a draft of one of these kinds that can be built."""
    kind = draw(st.sampled_from(kinds))
    media = draw(_MEDIA) if has_media else ()
    common = Draft(kind, draw(TEXT), draw(TEXT), media=media)
    match kind:
        case "single" | "multiple":
            is_weighted = draw(st.booleans())
            given = draw(options(has_media=has_media, is_weighted=is_weighted))
            if kind == "single" and not is_weighted:
                right = next(o for o in given if o.is_right)
                given = tuple(replace(o, is_right=o is right) for o in given)
            if kind == "multiple":
                given = tuple(
                    replace(o, is_right=True) if n < 2 else o for n, o in enumerate(given)
                )
            scorings = ["", "partial", "corrected"] if kind == "multiple" else [""]
            scoring = "" if is_weighted else draw(st.sampled_from(scorings))
            return replace(common, options=given, scoring=scoring, is_fixed=draw(st.booleans()))
        case "true_false":
            return replace(common, is_true=draw(st.booleans()))
        case "cloze":
            blanks = tuple(draw(st.lists(_blank(), min_size=1, max_size=3)))
            stem = "____".join(["始", *["。"] * (len(blanks) - 1), "终"])
            return replace(common, stem=stem, blanks=blanks)
        case "numeric":
            spans = tuple(draw(st.lists(_SPAN, min_size=1, max_size=2)))
            return replace(common, spans=spans, unit=draw(st.sampled_from(["", "kN", "米"])))
        case "ordering":
            scoring = draw(st.sampled_from(["", "partial"]))
            return replace(common, options=tuple(map(DraftOption, draw(texts()))), scoring=scoring)
        case "matching":
            lefts = draw(texts(2, 4))
            rights = draw(texts(len(lefts), 6))
            pairs = tuple(zip(lefts, rights, strict=False))
            return replace(common, pairs=pairs, extras=tuple(rights[len(lefts) :]))
        case "essay":
            lines = tuple(
                Criterion(text, draw(st.sampled_from([1, 2.5]))) for text in draw(texts(1))
            )
            return replace(common, rubric=lines, sample=draw(st.one_of(st.just(""), TEXT)))
        case "hotspot":
            return replace(common, image="d" * 64, zones=DRAFTS["hotspot"].zones)
    inner = tuple(k for k in kinds if k != "case")
    parts = st.lists(drafts(inner, has_media=has_media), min_size=1, max_size=3)
    return replace(common, parts=tuple(draw(parts)))
