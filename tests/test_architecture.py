"""The house rules, held on every run. Read this file from top to bottom to learn the layout.

Standard library only: it reads the source as text and as syntax trees and imports none of it. Each
failure says which rule was broken, where, and what to do instead.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from functools import cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent

# A room may use its own floor and every floor below it.
FLOORS = (
    {"core"},
    {"org"},
    {"accounts", "review"},
    {"items", "points", "agenda", "mastery"},
    {"quizzes"},
    {"leaderboards", "training", "badges"},
    {"boards", "home", "admin", "teams", "ceremony"},
    {"demo", "cli"},
)
FOUNDATION = {"core", "org", "accounts"}  # everybody stands on these, so all of them is open
# Of every other room these are open, and nothing else; rules touch nothing, so anyone may ask them.
DOORS = {"service", "events", "rules"}

FURNITURE = {
    "__init__",  # what the room is for; init_app
    "models",  # tables and constraints
    "rules",  # decisions as pure functions of plain values
    "service",  # the front door: commands and queries
    "events",  # facts announced, in the past tense
    "listeners",  # what the room does about others' facts
    "forms",  # shape and wording of input
    "views",  # HTML: read the request, one service call, answer
    "api",  # JSON, likewise
    "cli",  # flask <room> <verb>
    "jobs",  # what the room does by the clock
    "checks",  # its invariants, for flask verify
}
# Pieces that stand in one room only, because only that room has the need.
SPECIAL_PIECES = {
    "accounts": {"access", "permissions"},  # the gate in front of every route, and its table
    "items": {"wording"},  # problem codes of question_bank, worded
    "badges": {"verifying"},  # runs anywhere, without application, database or network
    "leaderboards": {"past"},  # pages of closed seasons: they live apart from the moving boards
    "home": {"wording", "demo", "styleguide"},  # ledger lines, worded; pages of the demo only
    # The demo world is data and its loader.
    "demo": {
        "badges",
        "bank",
        "corrections",
        "displays",
        "boards",
        "exams",
        "history",
        "names",
        "quizzes",
        "seasons",
        "tasks",
        "together",
        "training",
        "world",
    },
}

IMPURE = {
    "alembic",
    "config",
    "flask",
    "flask_babel",
    "flask_login",
    "flask_sqlalchemy",
    "quizapp",
    "redis",
    "requests",
    "socket",
    "sqlalchemy",
    "urllib.request",
    "werkzeug",
}
VAGUE_NAMES = {"utils", "util", "helpers", "helper", "common", "misc", "manager", "managers"}
MOST_LINES = 400


# --- reading the source --------------------------------------------------------------------------


def modules(package: str) -> list[Path]:
    """Return every Python file below a folder of the project."""
    return sorted((ROOT / package).rglob("*.py"))


def product() -> list[Path]:
    """Return every Python file that is part of the product."""
    return [ROOT / "config.py", *modules("question_bank"), *modules("quizapp")]


@cache
def tree(path: Path) -> ast.Module:
    """Return a module's syntax tree."""
    return ast.parse(path.read_text(encoding="utf-8"))


def short(path: Path) -> str:
    """Return a path as people read it, from the root of the project."""
    return path.relative_to(ROOT).as_posix()


def where(path: Path, node: ast.AST) -> str:
    """Return the place of a piece of code: file and line."""
    return f"{short(path)}:{getattr(node, 'lineno', 1)}"


def room_of(path: Path) -> str | None:
    """Return the room a file of quizapp belongs to; None for the factory."""
    parts = path.relative_to(ROOT / "quizapp").parts
    if len(parts) > 1:
        return parts[0]
    return path.stem if path.stem != "__init__" else None


def rooms() -> set[str]:
    """Return the names of the packages inside quizapp."""
    return {path.parent.name for path in (ROOT / "quizapp").glob("*/__init__.py")}


def imports(path: Path) -> Iterator[tuple[ast.AST, str]]:
    """Yield every import of a module as (place, absolute dotted name)."""
    package = path.relative_to(ROOT).with_suffix("").parts[:-1]
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield node, alias.name
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else ()
            stem = ".".join([*base, *filter(None, [node.module])])
            for alias in node.names:
                yield node, f"{stem}.{alias.name}"


def visits() -> Iterator[tuple[str, str, str, str]]:
    """Yield every import that crosses a room's wall: place, guest, host, module of the host."""
    for path in modules("quizapp"):
        guest = room_of(path)
        if guest is None:
            continue
        for node, name in imports(path):
            parts = name.split(".")
            if parts[0] == "quizapp" and parts[1:2] and parts[1] != guest:
                yield where(path, node), guest, parts[1], parts[2] if parts[2:] else ""


def floor(room: str) -> int:
    """Return the floor a room is on."""
    for number, names in enumerate(FLOORS):
        if room in names:
            return number
    raise AssertionError(
        f"quizapp/{room} is on no floor: give it one in FLOORS, above what it uses"
    )


def hold(lesson: str, broken: Iterable[str]) -> None:
    """Fail with the rule and with every place that breaks it."""
    found = sorted(set(broken))
    assert not found, "\n".join([lesson, *(f"  {line}" for line in found)])


# --- floors, doors and walls ---------------------------------------------------------------------


def test_every_room_has_a_floor():
    for room in rooms():
        floor(room)
    hold(
        "FLOORS names rooms that do not exist. Take them out:",
        set().union(*FLOORS) - rooms() - {"cli"},
    )


def test_rooms_call_down_and_announce_up():
    hold(
        "A room imports its own floor and below. To reach a room above, announce an event in "
        "events.py and let the other room listen:",
        (
            f"{place}: {guest} (floor {floor(guest)}) uses {host} (floor {floor(host)})"
            for place, guest, host, _module in visits()
            if host in rooms() and floor(host) > floor(guest)
        ),
    )


def test_rooms_form_no_circle():
    uses: dict[str, set[str]] = {}
    for _place, guest, host, _module in visits():
        uses.setdefault(guest, set()).add(host)
    try:
        TopologicalSorter(uses).prepare()
    except CycleError as circle:
        raise AssertionError(
            "Rooms use each other in a circle; one of them has to announce an event instead: "
            + " > ".join(circle.args[1])
        ) from None


def test_rooms_are_entered_by_the_front_door():
    hold(
        "From another room import `service`, `events` and `rules` only; what crosses the door is a "
        "frozen dataclass or an id. Offer what is missing in that room's service:",
        (
            f"{place}: {guest} reaches into quizapp.{host}.{module}"
            for place, guest, host, module in visits()
            if host not in FOUNDATION
            and module
            and module not in DOORS
            # `from quizapp import demo` is the door of a package that has no other.
            and not (host == "demo" and guest == "cli")
        ),
    )


def test_rules_decide_without_touching_anything():
    pure = {"__future__", "collections", "dataclasses", "datetime", "enum", "fractions", "math"}
    pure |= {"re", "secrets", "typing", "unicodedata", "uuid", "zoneinfo", "itertools", "decimal"}
    pure |= {"fsrs", "hashlib"}  # a memory model and a hash are arithmetic
    hold(
        "rules.py holds decisions as pure functions of plain values: no database, no request, no "
        "other room but pure rules below. Pass in what it needs to know:",
        (
            f"{where(path, node)}: {name}"
            for path in modules("quizapp")
            if "rules" in (path.stem, path.parent.name)
            for node, name in imports(path)
            if name.split(".")[0] not in pure and ".rules." not in f"{name}."
        ),
    )


def test_the_question_bank_could_be_published_alone():
    hold(
        "question_bank is pure Python: no framework, no database, no network, nothing of quizapp. "
        "Hand it plain values instead:",
        (
            f"{where(path, node)}: {name}"
            for path in modules("question_bank")
            for node, name in imports(path)
            if {name.split(".")[0], ".".join(name.split(".")[:2])} & IMPURE
        ),
    )


def test_furniture_has_the_same_names_everywhere():
    def is_furniture(path: Path) -> bool:
        room, piece = path.relative_to(ROOT / "quizapp").parts[:2]
        return Path(piece).stem in FURNITURE | SPECIAL_PIECES.get(room, set())

    hold(
        f"Every room has the same furniture: {', '.join(sorted(FURNITURE))}. A module past "
        f"{MOST_LINES} lines becomes a package of the same name; a piece of one room only is "
        "listed with its reason in SPECIAL_PIECES:",
        (
            short(path)
            for path in modules("quizapp")
            if room_of(path) in rooms() - {"core"} and not is_furniture(path)
        ),
    )


def test_no_module_has_a_vague_name():
    hold(
        "Nothing is called utils, helpers, common, misc or manager: name a module after what it "
        "knows:",
        (
            short(path)
            for path in product()
            if {*path.relative_to(ROOT).parts[:-1], path.stem} & VAGUE_NAMES
        ),
    )


def test_templates_and_static_files_mirror_the_rooms():
    hold(
        "Folders in templates/ and static/ are named after the room they belong to (or vendor):",
        (
            short(folder)
            for shelf in ("templates", "static")
            for folder in (ROOT / shelf).iterdir()
            if folder.is_dir() and folder.name not in rooms() | {"vendor"}
        ),
    )


def test_views_show_the_templates_of_their_own_room():
    hold(
        "A path tells the truth everywhere: quizzes/views.py shows templates/quizzes/. (The "
        "component page is part of core's look.)",
        (
            f"{where(path, node)}: {node.args[0].value}"
            for path in modules("quizapp")
            for node in ast.walk(tree(path))
            if isinstance(node, ast.Call)
            and getattr(node.func, "id", "") == "render_template"
            and node.args
            and isinstance(node.args[0], ast.Constant)
            and node.args[0].value.split("/")[0] not in {room_of(path), "core"}
        ),
    )


# --- one act, one command, one transaction --------------------------------------------------------


def test_only_the_database_module_ends_a_transaction():
    hold(
        "One act, one command, one transaction: wear @atomic instead of .commit or .rollback, "
        "which stand in core/db.py only:",
        (
            where(path, node)
            for path in modules("quizapp")
            for node in ast.walk(tree(path))
            if isinstance(node, ast.Attribute) and node.attr in {"commit", "rollback"}
            if short(path) != "quizapp/core/db.py"
        ),
    )


def has_routes(path: Path) -> bool:
    """Tell whether a module answers requests."""
    names = {*path.relative_to(ROOT).parts[:-1], path.stem}
    return bool(names & {"views", "api"}) or any(
        name == "flask.Blueprint" for _node, name in imports(path)
    )


def test_views_ask_a_service_and_never_the_tables():
    words = {"select", "insert", "update", "delete", "text"}
    hold(
        "For each kind of thing one function of a service fetches it with its permission check. "
        "A module that answers requests holds no select() and no model:",
        (
            f"{where(path, node)}: {name}"
            for path in modules("quizapp")
            if has_routes(path) and short(path) != "quizapp/core/http.py"  # /readyz asks SELECT 1
            for node, name in imports(path)
            if (name.split(".")[0] == "sqlalchemy" and name.split(".")[-1] in words)
            or ".models" in name
            or name.endswith("core.db.db")
        ),
    )


def test_the_environment_is_read_in_one_place():
    hold(
        "Settings come from app.config; the environment is read in config.py and nowhere else:",
        (
            where(path, node)
            for path in [*modules("question_bank"), *modules("quizapp")]
            for node in ast.walk(tree(path))
            if isinstance(node, ast.Attribute) and node.attr in {"environ", "getenv", "putenv"}
        ),
    )


# --- words about the code -------------------------------------------------------------------------


def test_every_module_says_what_it_is_for():
    hold(
        "Every module opens with a docstring that says what it is for:",
        (short(path) for path in product() if not ast.get_docstring(tree(path))),
    )


def speaks(path: Path) -> bool:
    """Tell whether a module's public functions are read by people of other rooms."""
    parts = path.relative_to(ROOT).with_suffix("").parts
    return (
        parts[0] == "question_bank"
        or parts[1:2] == ("core",)
        or bool({"service", "rules"} & set(parts[2:]))
    )


def public_functions(path: Path) -> Iterator[ast.FunctionDef | ast.ClassDef]:
    """Yield the public functions, classes and methods at the top of a module."""
    for node in tree(path).body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith("_"):
            yield node
            if isinstance(node, ast.ClassDef):
                yield from (
                    part
                    for part in node.body
                    if isinstance(part, ast.FunctionDef) and not part.name.startswith("_")
                )


def test_every_public_function_says_what_it_does():
    hold(
        "A public function of question_bank, core, a service or rules begins with one imperative "
        "sentence; then units, ranges, what None means, what it raises:",
        (
            f"{where(path, node)}: {node.name}"
            for path in product()
            if short(path) != "config.py" and speaks(path)
            for node in public_functions(path)
            if not ast.get_docstring(node)
        ),
    )


def test_modules_stay_short():
    hold(
        f"A module past {MOST_LINES} lines becomes a package of the same name:",
        (
            f"{short(path)}: {count} lines"
            for path in product()
            if (count := len(path.read_text(encoding="utf-8").splitlines())) > MOST_LINES
        ),
    )


# --- pages ----------------------------------------------------------------------------------------


def lines_with(folder: str, ending: str, pattern: str) -> Iterator[str]:
    """Yield file, line and match wherever ``pattern`` occurs in files of a folder."""
    for path in sorted((ROOT / folder).rglob(f"*{ending}")):
        text = path.read_text(encoding="utf-8")
        for found in re.finditer(pattern, text, re.IGNORECASE):
            line = text.count("\n", 0, found.start()) + 1
            yield f"{short(path)}:{line}: {' '.join(found[0].split())[:70]}"


def test_templates_escape_everything():
    hold(
        "Templates never switch escaping off (|safe, Markup, autoescape false):",
        lines_with("templates", ".html", r"\|\s*safe\b|\bMarkup\b|autoescape\s+false"),
    )
    hold(
        "Markup is built by core/forms.py (the CSRF field) only, and no template from a string:",
        (
            f"{where(path, node)}: {name}"
            for path in modules("quizapp")
            for node in ast.walk(tree(path))
            if (name := getattr(node, "id", getattr(node, "attr", "")))
            in {"Markup", "render_template_string", "from_string"}
            and not (name == "Markup" and short(path) == "quizapp/core/forms.py")
        ),
    )


def test_templates_hold_no_style_and_no_code():
    hold(
        "The content security policy refuses inline styles: use a class, or an SVG attribute:",
        lines_with("templates", ".html", r"<[^>]*\sstyle\s*=|<style\b"),
    )
    hold(
        "The content security policy refuses inline handlers: listen from a module in static/:",
        lines_with("templates", ".html", r"<[^>]*\son[a-z]+\s*=[^>]*|javascript:"),
    )
    hold(
        'A <script> names its file with src, or holds data (type="application/json") and nothing '
        "but {{ ...|tojson }}:",
        (
            line
            for line in lines_with(
                "templates",
                ".html",
                r"<script\b(?![^>]*\bsrc=)(?:(?!</script>).)*?</script>|<script\b(?![^>]*\bsrc=)"
                r"[^>]*>[\s\S]*?</script>",
            )
            if 'type="application/json"' not in line
        ),
    )
    hold(
        "Data for scripts is written by |tojson, which also escapes </script>:",
        lines_with(
            "templates",
            ".html",
            r'<script type="application/json"[^>]*>(?!\{\{[\s\S]*?\|\s*tojson\s*\}\}</script>)',
        ),
    )


def test_scripts_never_turn_text_into_markup_or_code():
    hold(
        "Every text is set as text (textContent); nothing is parsed into the page or evaluated:",
        lines_with(
            "static",
            ".js",
            r"\b(innerHTML|outerHTML|insertAdjacentHTML|createContextualFragment|srcdoc)\b"
            r"|document\.write|\beval\s*\(|new Function\b|set(?:Timeout|Interval)\(\s*[\"']",
        ),
    )
