"""Paths of categories: `$course$/top/Safety/Tools`, where `//` is a slash inside a name."""

import re

_CONTEXT = re.compile(r"\$[a-z]+\d*\$")
_SEPARATOR = re.compile(r"(?<!/)/(?!/)")
_NAME_LIMIT = 200
_DEPTH_LIMIT = 12


def path_of(text: str) -> tuple[str, ...]:
    """Return the names of a path from the top, without Moodle's own first names."""
    names = [part.replace("//", "/").strip() for part in _SEPARATOR.split(text.strip())]
    while names and (not names[0] or _CONTEXT.fullmatch(names[0])):
        del names[0]
    if names and names[0] == "top":
        del names[0]
    return tuple(name[:_NAME_LIMIT] for name in names if name)[:_DEPTH_LIMIT]


def text_of_path(path: tuple[str, ...]) -> str:
    """Return a path as Moodle writes it; `path_of` reverses it."""
    names = [" ".join(name.split()).replace("/", "//") for name in path]
    # Between spaces, a slash at the end of a name is not taken for part of the separator.
    names = [f" {name} " if name[:1] == "/" or name[-1:] == "/" else name for name in names]
    return "/".join(("$course$", "top", *names))
