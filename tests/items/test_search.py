"""Search by pairs of characters, and items that say nearly the same."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from quizapp.core.db import db
from quizapp.items.models import Item, ItemGram
from quizapp.items.service import editing, listing, searching, similar
from quizapp.items.service.listing import Filters
from tests.factories import desk, people


@pytest.fixture
def dana(world):
    return people.viewer(world.people["dana"])


@pytest.fixture
def three(world):
    return [
        desk.add_item(world, stem="发现消防通道堵塞时应当先做什么？", source_text="消防法"),
        desk.add_item(
            world, stem="消防器材多久检查一次才算合格？", source_text="消防法", clause="第十六条"
        ),
        desk.add_item(world, stem="叉车 Forklift 在转弯处应当怎样操作？", source_text="车辆规程"),
    ]


def found(viewer, text, **filters):
    page = listing.list_items(viewer, Filters(search=text, **filters))
    return {line.number for line in page.lines}


@pytest.mark.parametrize(
    ("text", "places"),
    [
        ("消防", {0, 1}),
        ("堵塞", {0}),
        ("消防通道", {0}),
        ("消防 合格", {1}),
        ("消防 叉车", set()),
        ("车辆规程", {2}),
        ("第十六条", {1}),
        ("forklift", {2}),
        ("ＦＯＲＫＬＩＦＴ", {2}),
        ("消防!", {0, 1}),
        ("没有这样的词", set()),
        ("叉", {2}),
        ("堵 塞", {0}),
        ("%", set()),
        ("_", set()),
    ],
)
def test_words_are_found_in_stem_and_source(world, dana, three, text, places):
    names = {three[place].id for place in places}
    hits = found(dana, text) & {item.id for item in three}
    assert hits == names


def test_a_number_and_a_name_find_one_item(world, dana, three):
    item = three[1]
    assert found(dana, f"#{item.id}") == {item.id}
    assert found(dana, f"＃{item.id}") == {item.id}
    assert item.id in found(dana, str(item.id))
    assert found(dana, item.uid) == {item.id}
    assert found(dana, "#999999999") == set()
    assert found(dana, "9" * 40) == set()


def test_search_and_filters_narrow_together(world, dana, three):
    assert found(dana, "消防", status="draft") == {three[0].id, three[1].id}
    assert found(dana, "消防", status="approved") == set()
    assert found(dana, "消防", topic_ids=frozenset({three[0].topic_id})) == {
        three[0].id,
        three[1].id,
    }


def test_a_changed_stem_is_found_by_its_new_words_only(world, dana, three):
    editing.save(dana, three[0].public_id, desk.wording("现在问的是灭火器怎样使用？"), revision=1)
    assert three[0].id in found(dana, "灭火器")
    assert three[0].id not in found(dana, "堵塞")


def test_what_packs_bring_is_found(world, dana):
    assert len(found(dana, "应选哪一项")) == 10


def test_another_company_finds_nothing_of_it(world, three):
    carol = people.viewer(world.people["carol"])
    for text in ("消防", f"#{three[0].id}", "叉", three[0].uid):
        assert found(carol, text) == set()


def test_indexing_costs_the_same_for_one_item_and_for_many(world, count_statements):
    items = [desk.add_item(world, stem=f"第 {n} 道用来数语句的题目？") for n in range(12)]
    ids = [item.id for item in items]
    db.session.commit()
    with count_statements() as one:
        searching.index_items(ids[:1])
    with count_statements() as many:
        searching.index_items(ids)
    assert len(many) == len(one) <= 4
    rows = db.session.scalar(
        select(func.count()).select_from(ItemGram).where(ItemGram.item_id.in_(ids))
    )
    searching.index_items(ids)
    assert rows == db.session.scalar(
        select(func.count()).select_from(ItemGram).where(ItemGram.item_id.in_(ids))
    ), "indexing again changes nothing"


def test_indexes_are_used(world, dana, three):
    """A search walks the entries of its rarest pair; a plain page walks the numbers."""
    if db.engine.dialect.name != "sqlite":
        pytest.skip("the plan is SQLite's")
    asked = searching.read_search("消防")
    narrowed = listing._narrowed(dana, Filters(), asked, listing.clock.now().date())
    statement = narrowed.order_by(ItemGram.item_id.desc()).limit(50)
    compiled = statement.compile(db.engine, compile_kwargs={"literal_binds": True})
    plan = " ".join(row[3] for row in db.session.execute(db.text(f"EXPLAIN QUERY PLAN {compiled}")))
    assert "items_gram USING PRIMARY KEY (gram=?" in plan
    assert "TEMP B-TREE" not in plan, "entries come in the order of numbers already"


def test_the_rarest_pair_comes_first(world, three):
    asked = searching.read_search("消防 叉车")
    assert set(asked.grams) == {"消防", "叉车"}
    assert asked.grams[0] == "叉车"


# --- nearly the same -----------------------------------------------------------------------------


def test_items_that_say_nearly_the_same_are_named_by_degree(world, three):
    same = similar.find_similar(world.organisation, "发现消防通道堵塞时，应当先做什么")
    assert [(one.number, one.is_strong, one.percent) for one in same] == [(three[0].id, True, 100)]
    near = similar.find_similar(world.organisation, "发现消防通道堵塞时应当先做什么事？班长")
    assert near[0].number == three[0].id
    assert 60 <= near[0].percent < 100
    assert similar.find_similar(world.organisation, "完全不同的一句话，讲孔子。") == []
    assert similar.find_similar(world.organisation, "") == []


def test_an_item_is_not_like_itself_nor_like_those_of_others_or_the_bin(world, three):
    stem = three[0].title
    assert not similar.find_similar(world.organisation, stem, except_id=three[0].id)
    assert not similar.find_similar(world.other_organisation, stem)
    row = db.session.get_one(Item, three[0].id)
    row.deleted_at = listing.clock.now()
    db.session.commit()
    assert not similar.find_similar(world.organisation, stem)


def test_looking_for_similar_items_takes_two_statements(world, three, count_statements):
    title = three[0].title
    with count_statements() as seen:
        similar.find_similar(world.organisation, title)
    assert len(seen) == 2
