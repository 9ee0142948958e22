"""The tree of topics, and the documents that items cite."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from quizapp.core.db import db
from quizapp.core.forms import Refusal
from quizapp.items.models import Item, Source, Topic
from quizapp.items.service import bulk, sources, topics
from quizapp.items.service.sources import SourceForm
from tests.factories import desk, people


@pytest.fixture
def dana(world):
    return people.viewer(world.people["dana"])


@pytest.fixture
def carol(world):
    return people.viewer(world.people["carol"])


def tree(world):
    return {line.path: line for line in topics.list_topics(world.organisation)}


def items_of(topic_id):
    return list(db.session.scalars(select(Item).where(Item.topic_id == topic_id).order_by(Item.id)))


def test_the_tree_counts_what_is_below(world):
    lines = tree(world)
    theme = lines["测试主题"]
    assert (theme.depth, theme.count, theme.total, theme.has_children) == (0, 0, 15, True)
    assert sorted(line.total for line in lines.values()) == [5, 5, 5, 15]


def test_a_path_makes_what_is_missing_of_it(world):
    place = topics.make_topic(world.organisation, "测试主题 › 要点 1")
    assert place.topic_id == tree(world)["测试主题 › 要点 1"].id
    assert topics.make_topic(world.organisation, "要点 1") == place, "a name alone finds it"
    new = topics.make_topic(world.organisation, "测试主题/细点/更细")
    assert tree(world)["测试主题 › 细点 › 更细"].theme_id == new.theme_id
    for text in ("", " › ", "1/2/3/4/5"):
        with pytest.raises(Refusal):
            topics.make_topic(world.organisation, text)


def test_moving_takes_everything_below_along_and_files_items_anew(world, dana):
    point = tree(world)["测试主题 › 要点 1"]
    theme = topics.add_topic(dana, None, "另一主题")
    topics.add_topic(dana, point.id, "更细")
    topics.move_topic(dana, point.id, theme)
    assert "另一主题 › 要点 1 › 更细" in tree(world)
    assert {item.theme_id for item in items_of(point.id)} == {theme}
    topics.move_topic(dana, point.id, None)
    db.session.expire_all()
    assert {item.theme_id for item in items_of(point.id)} == {point.id}
    child = tree(world)["要点 1 › 更细"]
    with pytest.raises(Refusal):
        topics.move_topic(dana, point.id, child.id)
    with pytest.raises(Refusal):
        topics.move_topic(dana, point.id, point.id)


def test_topics_stay_four_deep(world, dana):
    deep = topics.make_topic(world.organisation, "一/二/三/四").topic_id
    with pytest.raises(Refusal):
        topics.add_topic(dana, deep, "五")
    with pytest.raises(Refusal):
        topics.move_topic(dana, tree(world)["测试主题"].id, tree(world)["一 › 二 › 三"].id)


def test_merging_moves_items_and_topics_and_loses_none(world, dana):
    lines = tree(world)
    one, two = lines["测试主题 › 要点 1"], lines["测试主题 › 要点 2"]
    topics.add_topic(dana, one.id, "更细")
    assert topics.merge_topic(dana, one.id, two.id) == 5
    after = tree(world)
    assert "测试主题 › 要点 1" not in after
    assert after["测试主题 › 要点 2"].count == 10
    assert "测试主题 › 要点 2 › 更细" in after
    assert after["测试主题"].total == 15
    with pytest.raises(Refusal):
        topics.merge_topic(dana, two.id, after["测试主题 › 要点 2 › 更细"].id)


def test_only_an_empty_topic_is_deleted(world, dana):
    with pytest.raises(Refusal):
        topics.delete_topic(dana, tree(world)["测试主题 › 要点 1"].id)
    empty = topics.add_topic(dana, None, "空的")
    topics.delete_topic(dana, empty)
    assert "空的" not in tree(world)


def test_names_are_free_at_their_place_only(world, dana):
    lines = tree(world)
    with pytest.raises(Refusal):
        topics.rename_topic(dana, lines["测试主题 › 要点 1"].id, "要点 2")
    with pytest.raises(Refusal):
        topics.add_topic(dana, lines["测试主题"].id, "  ")
    topics.rename_topic(dana, lines["测试主题 › 要点 1"].id, "新名")
    assert "测试主题 › 新名" in tree(world)
    topics.add_topic(dana, None, "要点 2")


def test_topics_of_another_company_do_not_exist(world, carol, as_person):
    topic_id = tree(world)["测试主题 › 要点 1"].id
    for act in (
        lambda: topics.rename_topic(carol, topic_id, "x"),
        lambda: topics.move_topic(carol, topic_id, None),
        lambda: topics.delete_topic(carol, topic_id),
        lambda: topics.add_topic(carol, topic_id, "x"),
        lambda: topics.place_of(carol.organisation_id, topic_id),
    ):
        with pytest.raises(LookupError):
            act()
    browser = as_person("carol")
    assert "要点 1" not in browser.get(f"/items/topics?topic={topic_id}").get_data(as_text=True)
    for act in ("add", "rename", "move", "merge", "delete"):
        data = {"topic": str(topic_id), "act": act, "name": "x", "other": str(topic_id)}
        assert browser.post("/items/topics", data).status_code == 404, act


def test_the_page_of_the_tree_does_all_of_it(world, as_person):
    dana, lines = as_person("dana"), tree(world)
    one, two = lines["测试主题 › 要点 1"].id, lines["测试主题 › 要点 2"].id
    assert "要点 1" in dana.get(f"/items/topics?topic={one}").get_data(as_text=True)
    for data in (
        {"act": "add", "name": "新点", "topic": str(one)},
        {"act": "rename", "name": "改名", "topic": str(one)},
        {"act": "move", "other": "", "topic": str(one)},
        {"act": "merge", "other": str(two), "topic": str(one)},
    ):
        assert dana.post("/items/topics", data).status_code == 303, data
    assert tree(world)["测试主题 › 要点 2"].count == 10
    refused = dana.post("/items/topics", {"act": "delete", "topic": str(two)})
    assert refused.status_code == 409
    assert dana.post("/items/topics", {"act": "?", "topic": str(two)}).status_code == 422


# --- sources -------------------------------------------------------------------------------------


def test_a_document_is_found_by_either_name_or_made(world):
    known = desk.source_of(world)
    for text in ("测试法", "《测试法》", " 中华人民共和国测试法 "):
        assert sources.make_source(world.organisation, text) == known.id
    made = sources.make_source(world.organisation, "《厂规》", "2025 版")
    assert db.session.get_one(Source, made).edition == "2025 版"
    with pytest.raises(Refusal):
        sources.make_source(world.organisation, "《》")


def test_a_new_edition_lists_every_item_to_check_again(world, dana, as_person):
    source = desk.source_of(world)
    browser = as_person("dana")
    data = {
        "source_id": source.public_id,
        "title": source.title,
        "short": source.short,
        "edition": "2027年修正",
        "articles": "120",
        "url": source.url,
    }
    assert browser.post("/items/sources", data).status_code == 303
    outdated = sources.list_outdated(world.organisation, source.id)
    assert len(outdated) == 15
    assert sources.list_sources(world.organisation)[0].outdated == 15
    page = browser.get(f"/items/sources/{source.public_id}").get_data(as_text=True)
    assert outdated[0].title in page
    chosen = [one.public_id for one in outdated[:2]]
    sent = browser.post(f"/items/sources/{source.public_id}/verified", {"item": chosen})
    assert sent.status_code == 303
    stages = {
        item.public_id: item.stage
        for item in db.session.scalars(select(Item).execution_options(populate_existing=True))
    }
    assert {stages[name] for name in chosen} == {"first"}
    assert stages[outdated[2].public_id] == ""


def test_verifying_again_writes_the_edition_and_the_day(world, dana):
    source = desk.source_of(world)
    source.edition = "2027年修正"
    db.session.commit()
    item = desk.first_item(world)
    done = bulk.verify_again(dana, [item.public_id])
    assert (done.done, done.left) == (1, ())
    from quizapp.items.service import finding

    version = finding.last_version(item.id)
    assert (version.edition, version.verified_on.isoformat()) == ("2027年修正", "2026-11-18")
    assert bulk.undo(dana, done.undo).done == 1


def test_a_new_short_name_goes_to_every_label(world, dana):
    source, item = desk.source_of(world), desk.first_item(world)
    form = SourceForm(title=source.title, short="新简称", edition=source.edition, articles=99)
    sources.save_source(dana, source.public_id, form)
    db.session.expire_all()
    assert item.source_label.startswith("《新简称》第")


def test_titles_are_taken_once_and_addresses_are_web_addresses(world, dana, carol):
    source = desk.source_of(world)
    for form in (
        SourceForm(title=source.title),
        SourceForm(title="  "),
        SourceForm(title="新", url="javascript:alert(1)"),
    ):
        with pytest.raises(Refusal):
            sources.save_source(dana, None, form)
    with pytest.raises(LookupError):
        sources.save_source(carol, source.public_id, SourceForm(title="x"))


def test_documents_of_another_company_do_not_exist(world, as_person):
    name, carol = desk.source_of(world).public_id, as_person("carol")
    assert carol.get(f"/items/sources/{name}").status_code == 404
    data = {"source_id": name, "title": "x"}
    assert carol.post("/items/sources", data).status_code == 404
    assert carol.post(f"/items/sources/{name}/verified", {"item": ["x"]}).status_code == 404
    assert "测试法" not in carol.get("/items/sources").get_data(as_text=True)


def test_statements_of_the_two_pages_do_not_grow(world, as_person, count_statements):
    dana = as_person("dana")
    for address in ("/items/topics", "/items/sources"):
        dana.get(address)
        with count_statements() as few:
            dana.get(address)
        for number in range(8):
            topics.make_topic(world.organisation, f"主题{number}/点")
            sources.make_source(world.organisation, f"文件{number}")
        with count_statements() as many:
            dana.get(address)
        assert len(few) == len(many) <= 4
    assert db.session.query(Topic).count() > 8
