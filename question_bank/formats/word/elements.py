"""Elements of Word's XML by their local names: two namespaces are in use for the same things."""

from collections.abc import Iterator
from xml.etree.ElementTree import Element  # nosec B405


def local(element: Element) -> str:
    """Return the name of an element without its namespace."""
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


def attribute(element: Element, name: str) -> str:
    """Return an attribute by its local name, empty without it."""
    for key, value in element.attrib.items():
        if key.rpartition("}")[2] == name:
            return value
    return ""


def children(element: Element, name: str) -> Iterator[Element]:
    """Yield the children of this name."""
    return (one for one in element if local(one) == name)


def child(element: Element, name: str) -> Element | None:
    """Return the first child of this name, or None."""
    return next(children(element, name), None)


def value_of(element: Element, name: str) -> str:
    """Return the `val` of the first child of this name, empty without it."""
    found = child(element, name)
    return "" if found is None else attribute(found, "val")


def is_on(element: Element | None, name: str) -> bool:
    """Tell whether a switch such as bold is on: there, and not set to false."""
    found = child(element, name) if element is not None else None
    return found is not None and attribute(found, "val") not in ("0", "false", "off", "none")
