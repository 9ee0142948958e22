"""Packs for tests: every item kind, with a canary in everything a learner must not see early."""

from __future__ import annotations

from datetime import date

from question_bank.formats.pack import Pack, PackItem, PackSource
from question_bank.items import Choice, Option, TrueFalse

CANARY = "KEYCANARY"
SOURCE = PackSource(
    slug="law",
    title="中华人民共和国测试法",
    short="测试法",
    edition="2026年施行",
    url="https://flk.npc.gov.cn/",
    articles=99,
)


def _item(number: int) -> Choice | TrueFalse:
    explanation = f"{CANARY}-{number} 说明这一题为什么是这样。"
    if number % 3 == 2:
        return TrueFalse(
            stem=f"第 {number} 题的说法成立。", key=number % 2 == 0, explanation=explanation
        )
    options = tuple(
        Option(id=f"{number:04x}{place:04x}", text=f"选项 {number}-{place}") for place in range(4)
    )
    right = {options[number % 4].id}
    kind = "single"
    if number % 3 == 1:
        right.add(options[(number + 1) % 4].id)
        kind = "multiple"
    return Choice(
        kind=kind,  # type: ignore[arg-type]
        stem=f"第 {number} 题应选哪一项？",
        options=options,
        key=frozenset(right),
        explanation=explanation,
    )


def pack(count: int = 15, *, theme: str = "tests", valid_until: date = date(2030, 1, 1)) -> Pack:
    """Return a pack of ``count`` items: single, multiple and true/false in turn."""
    return Pack(
        theme=theme,
        title="测试主题",
        language="zh-CN",
        licence="Apache-2.0",
        author="测试",
        sources=(SOURCE,),
        items=tuple(
            PackItem(
                uid=f"{theme}-{number:03}",
                item=_item(number),
                topic=f"要点 {number % 3}",
                difficulty="easy",
                source=SOURCE,
                clause=f"第{'一二三四五六七八九'[number % 9]}条",
                verified_on=date(2026, 1, 1),
                valid_until=valid_until,
                workplace="您的岗位上呢？",
            )
            for number in range(count)
        ),
    )
