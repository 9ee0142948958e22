"""Every screen of the product, and a stage on which each can be opened by its name."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser.journey import fields, open_everything, post_answer, read, sign_in
from tests.browser.kinds import seat_kinds
from tests.browser.server import ADMIN, DemoServer

KINDS = ("single", "multiple", "true_false")
ASKED = ("cloze", "numeric", "ordering", "matching", "case", "essay", "hotspot")
JUDGED = ("cloze", "ordering", "matching", "case", "hotspot")
AUTHOR = "100021"
TEAM = "焊装三班"
REVIEWER = "100033"
TRAINER = "100052"
ORGANISER, EXAMINEE = "100045", "100317"  # who marks the demo's exam, and who handed it in
WELDERS = ("焊装一班", "焊装二班", "焊装三班")  # the teams of 焊装车间 in the bracket it shows


@dataclass(frozen=True)
class Screen:
    """A page in a state: whose profile it needs, where it is, and what to do there first."""

    name: str
    surface: str  # phone, desk or tv
    who: str
    path: str  # may name a place of the stage: /result/{done}
    then: Callable[[Page], None] | None = None
    status: int = 200


@dataclass
class Stage:
    """Browser profiles of people at different moments of their day, and the names of their sets."""

    server: DemoServer
    profiles: dict[str, Any] = field(default_factory=dict)
    places: dict[str, str] = field(default_factory=dict)

    def open(self, browser: Browser, screen: Screen, **options: Any) -> Page:
        """Open a screen in a new profile; ``locale="en"`` shows it in English."""
        is_english = options.pop("locale", "zh") == "en"
        context = browser.new_context(
            base_url=self.server.address,
            storage_state=self.profiles.get(screen.who),
            locale="en-GB" if is_english else "zh-CN",
            **options,
        )
        if is_english:
            cookie = {"name": "lang", "value": "en", "url": self.server.address}
            context.add_cookies([cookie])  # type: ignore[list-item]
        page = context.new_page()
        response = page.goto(screen.path.format(**self.places))
        assert response
        assert response.status == screen.status, page.url
        if screen.then:
            screen.then(page)
        return page


def submit_nothing(page: Page) -> None:
    """Ask for a verdict without having chosen."""
    page.locator("#submit").click()
    expect(page.locator("#note")).to_be_visible()


def sign_in_wrongly(page: Page) -> None:
    """Try a password that is nobody's."""
    page.locator("[name=employee_number]").fill("nobody")
    page.locator("[name=password]").fill("wrong")
    page.locator(".login-form .btn--primary").click()
    page.locator(".errors").wait_for()


def change_password_badly(page: Page) -> None:
    """Leave every field of the form empty."""
    page.locator(".btn--primary").click()
    page.locator(".errors").wait_for()


def ask_for_cards(page: Page) -> None:
    """Choose the people on the page for sign-in cards; the next page asks whether it is meant."""
    page.locator("[data-all]").check()
    page.locator("#cards button").click()
    page.locator('[name="confirmed"]').wait_for(state="attached")


def make_cards(page: Page) -> None:
    """Make the sign-in cards."""
    ask_for_cards(page)
    page.locator(".panel .btn--primary").click()
    page.locator(".sheet__card").first.wait_for()


def lose_the_network(page: Page) -> None:
    """Answer a question that does not get through."""
    page.route("**/api/v1/**", lambda route: route.abort())
    page.locator(".option").first.click()
    page.locator("#submit").click()
    expect(page.locator("#unsent")).to_be_visible()


def open_quiz(page: Page) -> None:
    """Go from Today to the page before a quiz."""
    page.locator('a[href^="/quizzes/quiz/"]').first.click()
    page.locator(".facts-list").first.wait_for()


def open_next(page: Page) -> None:
    """Take the next text of the exam to mark."""
    page.locator('form[action$="/next"] button').first.click()
    page.locator("#marking").wait_for()


def wait_for_rows(page: Page) -> None:
    """Let the television draw its board."""
    page.locator(".board-row").first.wait_for()


PHONE = (
    Screen("link", "phone", "nobody", "{link}"),
    Screen("link-used", "phone", "nobody", "/link/used", status=410),
    Screen("login", "phone", "nobody", "/login"),
    Screen("login-refused", "phone", "nobody", "/login", sign_in_wrongly),
    Screen("consent", "phone", "newcomer", "/me/consent"),
    Screen("consent-later", "phone", "fresh", "/me/consent"),
    Screen("today-new", "phone", "fresh", "/"),
    Screen("today-open", "phone", "halfway", "/"),
    Screen("today-done", "phone", "done", "/"),
    Screen("question-single", "phone", "single", "{single}"),
    Screen("question-multiple", "phone", "multiple", "{multiple}"),
    Screen("question-true-false", "phone", "true_false", "{true_false}"),
    Screen("question-nothing-chosen", "phone", "single", "{single}", submit_nothing),
    Screen("question-offline", "phone", "single", "{single}", lose_the_network),
    Screen("verdict-right", "phone", "halfway", "/quizzes/{halfway}/1"),
    Screen("verdict-wrong", "phone", "halfway", "/quizzes/{halfway}/2"),
    *(
        Screen(f"question-{kind}", "phone", "kinds", f"/quizzes/{{kinds}}/{place}")
        for place, kind in enumerate(ASKED, start=1)
    ),
    *(
        Screen(f"verdict-{kind}", "phone", "kinds", f"/quizzes/{{kinds}}/{place}")
        for place, kind in enumerate(JUDGED, start=len(ASKED) + 1)
    ),
    Screen("tasks", "phone", "fresh", "/tasks"),
    Screen("tasks-done", "phone", "fresh", "/tasks?view=done"),
    Screen("training", "phone", "fresh", "/training"),
    Screen("training-verify", "phone", "nobody", "/training/verify"),
    Screen("quiz", "phone", "fresh", "/", open_quiz),
    Screen("result", "phone", "done", "/result/{done}"),
    Screen("result-exam", "phone", "examinee", "/result/{exam}"),
    Screen("past", "phone", "done", "/quizzes/past"),
    Screen("review", "phone", "done", "/quizzes/{done}/review/2"),
    Screen("mistakes", "phone", "done", "/mastery"),
    Screen("mistakes-none", "phone", "fresh", "/mastery"),
    Screen("mastered-none", "phone", "done", "/mastery/mastered"),
    Screen("topics", "phone", "done", "/mastery/topics"),
    Screen("mistakes-paper", "phone", "done", "/mastery/print"),
    Screen("board", "phone", "done", "/team"),
    Screen("rules", "phone", "done", "/team/rules"),
    Screen("board-workshop", "phone", "done", "/team/workshop"),
    Screen("board-company", "phone", "done", "/team/company"),
    Screen("board-improved", "phone", "done", "/team/improved"),
    Screen("board-campaigns", "phone", "done", "/team/campaigns"),
    Screen("team", "phone", "done", "/team/ours"),
    Screen("thanks", "phone", "done", "/team/thanks"),
    Screen("thanks-new", "phone", "done", "/team/thanks/new"),
    Screen("past-seasons", "phone", "done", "/team/seasons"),
    Screen("own-place", "phone", "done", "/team/own"),
    Screen("badges", "phone", "done", "/badges"),
    Screen("me", "phone", "done", "/me"),
    Screen("citations", "phone", "done", "/boards/citations"),
    Screen("ledger", "phone", "done", "/me/points"),
    Screen("report", "phone", "done", "/items/report/{done}/1"),
    Screen("report-sent", "phone", "done", "/items/report/{done}/2"),
    Screen("my-reports", "phone", "done", "/items/my-reports"),
    Screen("corrections", "phone", "done", "/items/corrections"),
    Screen("password", "phone", "fresh", "/me/password"),
    Screen("password-refused", "phone", "fresh", "/me/password", change_password_badly),
    Screen("error-404", "phone", "fresh", "/nothing-here", status=404),
    Screen("error-403", "phone", "fresh", "/admin/people", status=403),
    Screen("marks", "phone", "examinee", "/quizzes/{exam}/marks"),
    Screen("appeal", "phone", "examinee", "/quizzes/{exam}/appeal/{wrong}"),
    Screen("styleguide-phone", "phone", "fresh", "/styleguide"),
)
DESK = (
    Screen("people", "desk", "admin", "/admin/people?unit={team}"),
    Screen("people-all", "desk", "admin", "/admin/people"),
    Screen("people-nobody", "desk", "admin", "/admin/people?q=nobody"),
    Screen("person", "desk", "admin", "/admin/people/{person}"),
    Screen("person-add", "desk", "admin", "/admin/people/add"),
    Screen("person-edit", "desk", "admin", "/admin/people/{person}/edit"),
    Screen("unit-add", "desk", "admin", "/admin/units/add"),
    Screen("displays", "desk", "admin", "/admin/displays"),
    Screen("display", "desk", "admin", "/admin/displays?display={display}"),
    Screen("displays-look", "desk", "admin", "/admin/displays?look=1"),
    Screen("bulletins", "desk", "admin", "/admin/bulletins"),
    Screen("citation-new", "desk", "admin", "/admin/bulletins/new/citation"),
    Screen("event-new", "desk", "admin", "/admin/bulletins/new/event"),
    Screen("tasks-assigned", "desk", "admin", "/tasks/assigned"),
    Screen("tasks-assign", "desk", "admin", "/tasks/assign"),
    Screen("training-desk", "desk", "trainer", "/training/desk"),
    Screen("training-new", "desk", "trainer", "/training/desk/new"),
    Screen("retention", "desk", "admin", "/mastery/retention"),
    Screen("results", "desk", "admin", "/quizzes/results"),
    Screen("settings", "desk", "admin", "/admin/settings"),
    Screen("rules-read", "desk", "admin", "/team/rules"),
    Screen("rules-desk", "desk", "admin", "/team/rules/desk"),
    Screen("points-corrections", "desk", "admin", "/team/rules/corrections"),
    Screen("seasons", "desk", "admin", "/admin/seasons"),
    Screen("absences", "desk", "admin", "/admin/absences"),
    Screen("shifts", "desk", "admin", "/admin/shifts"),
    Screen("boards-desk", "desk", "admin", "/team/desk"),
    Screen("badges-desk", "desk", "admin", "/badges/desk"),
    Screen("credentials", "desk", "admin", "/badges/desk/credentials"),
    Screen("teams", "desk", "admin", "/team/dashboard"),
    Screen("imports", "desk", "author", "/items/imports"),
    Screen("import-dry-run", "desk", "author", "/items/imports/{dry_run}"),
    Screen("import-refused", "desk", "author", "/items/imports/{dry_run}?status=refused&row=3"),
    Screen("import-done", "desk", "author", "/items/imports/{imported}"),
    Screen("import-unreadable", "desk", "author", "/items/imports/{unreadable}"),
    Screen("export", "desk", "author", "/items/exports/{export}"),
    Screen("review-desk", "desk", "reviewer", "/review"),
    Screen("review-blocked", "desk", "admin", "/review?view=underway"),
    Screen("review-policy", "desk", "admin", "/review/policy"),
    Screen("reports", "desk", "admin", "/items/reports"),
    Screen("reported", "desk", "admin", "/items/reports/{reported}"),
    Screen("quality", "desk", "admin", "/items/quality"),
    Screen("marking", "desk", "organiser", "/quizzes/marking"),
    Screen("marking-bench", "desk", "organiser", "/quizzes/marking", open_next),
    Screen("cards-ask", "desk", "admin", "/admin/people?q={trainee}", ask_for_cards),
    Screen("cards", "desk", "admin", "/admin/people?q={trainee}", make_cards),
    Screen("styleguide-desk", "desk", "admin", "/styleguide?surface=desk"),
)
TV = (
    Screen("pairing", "tv", "nobody", "/boards/pair"),
    Screen("tv", "tv", "tv", "/boards/tv", wait_for_rows),
    Screen("tv-light", "tv", "tv_light", "/boards/tv", wait_for_rows),
    Screen("styleguide-tv", "tv", "nobody", "/styleguide?surface=tv"),
    Screen("styleguide-tv-offline", "tv", "nobody", "/styleguide?surface=tv&theme=offline"),
)
ALL = (*PHONE, *DESK, *TV)


def build_stage(browser: Browser, server: DemoServer) -> Stage:
    """Bring people of the demo to the moments that the screens show."""
    stage = Stage(server)
    contexts: list[BrowserContext] = []

    def enter(who: str, number: str) -> BrowserContext:
        context = browser.new_context(base_url=server.address)
        contexts.append(context)
        sign_in(context, server, number)
        stage.profiles[who] = context.storage_state()
        return context

    newcomer = server.somebody()
    server.rows(
        "UPDATE accounts_person SET consent = 'unasked' WHERE number_key = ? RETURNING id", newcomer
    )
    enter("newcomer", newcomer)
    enter("fresh", server.somebody())
    _add_trainees(stage, enter("admin", ADMIN))
    _import_questions(stage, enter("author", AUTHOR))
    stage.places["done_number"] = server.somebody(*WELDERS)
    _finish_a_set(stage, enter("done", stage.places["done_number"]))
    _report(stage, enter)
    _begin_sets(stage, enter)
    _show_every_kind(stage, enter)
    _hang_televisions(stage, enter)
    enter("organiser", ORGANISER)
    enter("examinee", EXAMINEE)
    _find_the_exam(stage)
    stage.places["link"] = server.link_for(newcomer)
    stage.places["team"] = server.value("SELECT public_id FROM org_unit WHERE name = ?", TEAM)
    stage.places["person"] = server.value(
        "SELECT public_id FROM accounts_person WHERE number_key = ?", server.member_of("焊装车间")
    )
    for context in contexts:
        context.close()
    return stage


def _find_the_exam(stage: Stage) -> None:
    """Name the exam that the demo's team leader handed in, and a question they got wrong."""
    [[exam, wrong]] = stage.server.rows(
        """SELECT a.public_id, min(r.position) FROM quizzes_attempt a
        JOIN accounts_person p ON p.id = a.person_id JOIN quizzes_response r ON r.attempt_id = a.id
        WHERE a.mode = 'exam' AND p.number_key = ? AND r.score < 1 AND NOT r.is_pending
        GROUP BY a.public_id""",
        EXAMINEE,
    )
    stage.places["exam"], stage.places["wrong"] = exam, str(wrong)


def _add_trainees(stage: Stage, context: BrowserContext) -> None:
    """Add people who may have a password: those of the demo have none."""
    stage.places["trainee"] = "90000"
    page = context.new_page()
    for number, name in enumerate(("徐文博", "徐安然"), start=900001):
        page.goto("/admin/people/add")
        page.locator("[name=name]").fill(name)
        page.locator("[name=employee_number]").fill(str(number))
        page.locator("[name=post]").fill("见习焊工")
        page.locator("[name=unit]").select_option(label=label_of(page, TEAM))
        page.locator("main .btn--primary").click()
        page.get_by_role("heading", name=name).wait_for()


QUESTIONS = """1. 发现火情应当先做什么？
A. 报警 B. 拍照 C. 收拾东西
答案：A
2. 下列属于劳动防护用品的有（ ）。
A. 安全帽 B. 防护眼镜 C. 耳塞 D. 相册
答案：ABC
3. 哪一项正确？
A. 甲
B. 甲
答案：C
4. 【单选题】 发生火灾时，下列做法正确的有哪些？
A. 报警 B. 乘电梯 C. 低姿撤离 D. 返回取物
答案：AC
5. 作业前应当检查安全带。（√）
"""


def _import_questions(stage: Stage, context: BrowserContext) -> None:
    """Bring one file to its dry run, one into the bank, one to nothing, and export a question."""
    page = context.new_page()
    stage.places["dry_run"] = _upload(page, QUESTIONS)
    stage.places["unreadable"] = _upload(page, "这里没有题目。")
    stage.places["imported"] = _upload(
        page, "1. 动火作业前要办什么手续？\nA. 动火证 B. 不用办\n答案：A\n"
    )
    page.locator(".acts .btn--primary").click()
    page.locator(".banner--ok").wait_for()
    token = fields(page.content())["csrf_token"]
    item = stage.server.value("SELECT public_id FROM items_item ORDER BY id LIMIT 1")
    form = {"csrf_token": token, "item": item, "format": "gift"}
    response = context.request.post("/items/export", form=form)
    stage.places["export"] = response.url.split("/")[-1]


def _upload(page: Page, text: str) -> str:
    """Paste questions and wait for their dry run; return the import's public id."""
    page.goto("/items/imports")
    page.locator("[name=pasted]").fill(text)
    page.locator("main form .btn--primary").click()
    page.locator(".tally, .empty__title").wait_for()
    return page.url.split("/")[-1].split("?")[0]


def label_of(page: Page, unit: str) -> str:
    """Return how a list of units to choose from names one."""
    labels = page.locator("[name=unit] option").all_inner_texts()
    return next(label for label in labels if label.strip().endswith(unit))


def _finish_a_set(stage: Stage, context: BrowserContext) -> None:
    """Answer five questions, the second one wrongly, in the time that reading takes."""
    attempt_id, forms, shown_at = open_everything(context)
    page = context.new_page()
    read(page, shown_at)
    for position, form in forms.items():
        is_right = position != 2
        post_answer(context, stage.server, attempt_id, position, form, is_right=is_right)
    stage.places["done"] = attempt_id


def _report(stage: Stage, enter: Callable[[str, str], BrowserContext]) -> None:
    """Report the second question of the finished set, and let a reviewer in."""
    enter("reviewer", REVIEWER)
    enter("trainer", TRAINER)
    done = enter("done", stage.places["done_number"])
    address = f"/items/report/{stage.places['done']}/2"
    token = fields(done.request.get(address).text())["csrf_token"]
    sent = {"csrf_token": token, "reason": "wording", "text": "“先”是指哪一步之前？"}
    assert done.request.post(address, form=sent).ok
    stage.places["reported"] = stage.server.value(
        "SELECT i.public_id FROM items_report r JOIN items_item i ON i.id = r.item_id"
        " ORDER BY r.id DESC LIMIT 1"
    )


def _begin_sets(stage: Stage, enter: Callable[[str, str], BrowserContext]) -> None:
    """Answer two questions of a set, and find a question of each kind in sets just begun."""
    context = enter("halfway", stage.server.somebody(*WELDERS))
    attempt_id, forms, _shown_at = open_everything(context)
    post_answer(context, stage.server, attempt_id, 1, forms[1])
    post_answer(context, stage.server, attempt_id, 2, forms[2], is_right=False)
    stage.places["halfway"] = attempt_id
    while missing := [kind for kind in KINDS if kind not in stage.places]:
        context = enter(missing[0], stage.server.somebody())
        attempt_id, _forms, _shown_at = open_everything(context)
        kinds = stage.server.kinds_of(attempt_id)
        for kind in missing:
            if kind in kinds:
                stage.profiles[kind] = stage.profiles[missing[0]]
                stage.places[kind] = f"/quizzes/{attempt_id}/{kinds.index(kind) + 1}"


def _show_every_kind(stage: Stage, enter: Callable[[str, str], BrowserContext]) -> None:
    """Put a set of every other kind before somebody, and answer a second row of them wrongly."""
    number = stage.server.somebody()
    enter("kinds", number)
    stage.places["kinds"] = seat_kinds(stage.server, number, ASKED, answered=JUDGED)


def _hang_televisions(stage: Stage, enter: Callable[[str, str], BrowserContext]) -> None:
    """Pair a dark and a light television by the role bar."""
    for who, workshop in (("tv", "焊装车间"), ("tv_light", "热处理车间")):
        context = enter(who, stage.server.member_of(workshop))
        token = fields(context.request.get("/me/consent").text())["csrf_token"]
        form = {"csrf_token": token, "role": "tv"}
        assert context.request.post("/demo/role", form=form).ok
        stage.profiles[who] = context.storage_state()
        stage.places["display"] = stage.server.value(
            "SELECT public_id FROM boards_display ORDER BY id DESC LIMIT 1"
        )
    stage.server.rows(
        "UPDATE boards_display SET theme = 'light' WHERE public_id = ? RETURNING id",
        stage.places["display"],
    )
