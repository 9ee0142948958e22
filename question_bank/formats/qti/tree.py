"""One set of names for QTI 2 and 3: no namespaces, no prefix `qti-`, attributes in camel case."""

import re
from collections.abc import Iterator
from functools import lru_cache
from xml.etree.ElementTree import Element  # nosec B405

INCLUDE = "xi:include"

_XINCLUDE = "{http://www.w3.org/2001/XInclude}"
_KEBAB = re.compile(r"-([a-z0-9])")
# Attributes that HTML itself writes with a hyphen, and the free ones of QTI 3.
_KEPT = ("data-", "aria-")


def normalise(root: Element) -> Element:
    """Rename the elements and attributes of a tree in place, and return it."""
    for element in root.iter():
        element.tag = _element_name(element.tag)
        if element.attrib:
            attributes = {_attribute_name(name): value for name, value in element.attrib.items()}
            element.attrib.clear()
            element.attrib.update(attributes)
    return root


def local_name(tag: str) -> str:
    """Return the name of an element without its namespace."""
    return tag.rpartition("}")[2]


def child(element: Element | None, *names: str) -> Element | None:
    """Return the first child with one of these names, or None."""
    return next(children(element, *names), None)


def children(element: Element | None, *names: str) -> Iterator[Element]:
    """Yield the children with one of these names, in order."""
    for one in () if element is None else element:
        if one.tag in names:
            yield one


def find_all(element: Element | None, *names: str) -> Iterator[Element]:
    """Yield what has one of these names, at any depth, in the order of the document."""
    for one in () if element is None else element.iter():
        if one.tag in names:
            yield one


def text_in(element: Element | None) -> str:
    """Return all text inside an element, its white space folded."""
    return "" if element is None else " ".join("".join(element.itertext()).split())


@lru_cache(maxsize=4096)
def _element_name(tag: str) -> str:
    if tag.startswith(_XINCLUDE):
        return INCLUDE
    name = local_name(tag)
    return camel(name.removeprefix("qti-")) if name.startswith("qti-") else name


@lru_cache(maxsize=4096)
def _attribute_name(name: str) -> str:
    name = local_name(name)
    return name if name.startswith(_KEPT) else camel(name)


def camel(name: str) -> str:
    """Return a name such as `max-choices` as `maxChoices`."""
    return _KEBAB.sub(lambda match: match[1].upper(), name)
