"""The manifest of a package: its files, and what LOM says about each item."""

from collections.abc import Sequence
from xml.etree.ElementTree import Element  # nosec B405

from question_bank.formats.qti.writing.elements import element
from question_bank.formats.reading import Question

_PACKAGE = "http://www.imsglobal.org/xsd/qti/qtiv3p0/imscp_v1p1"
_LOM = "http://ltsc.ieee.org/xsd/LOM"
_DIFFICULTY = {"easy": "easy", "medium": "medium", "hard": "difficult"}


def manifest(resources: Sequence[tuple[str, Question, list[str]]]) -> Element:
    """Return the manifest of items: file, question, and the media that the item shows."""
    root = element("manifest", xmlns=_PACKAGE, identifier="MANIFEST-1")
    root.append(
        element(
            "metadata",
            element("schema", "QTI Package"),
            element("schemaversion", "3.0.0"),
        )
    )
    root.append(element("organizations"))
    listed = element("resources")
    for name, question, media in resources:
        identifier = name.rpartition("/")[2].removesuffix(".xml")
        resource = element("resource", identifier=identifier, type="imsqti_item_xmlv3p0", href=name)
        resource.append(element("metadata", _lom(question)))
        resource.extend(element("file", href=href) for href in (name, *media))
        listed.append(resource)
    root.append(listed)
    return root


def _lom(question: Question) -> Element:
    general = element("general")
    if question.name:
        general.append(element("title", element("string", question.name)))
    general.extend(element("keyword", element("string", tag)) for tag in question.tags)
    lom = element("lom", general, xmlns=_LOM)
    if question.author:
        lom.append(
            element(
                "lifeCycle",
                element(
                    "contribute",
                    element("role", element("source", "LOMv1.0"), element("value", "author")),
                    element("entity", question.author),
                ),
            )
        )
    if question.difficulty in _DIFFICULTY:
        value = element("value", _DIFFICULTY[question.difficulty])
        level = element("difficulty", element("source", "LOMv1.0"), value)
        lom.append(element("educational", level))
    if question.category:
        lom.append(_topics(question.category))
    return lom


def _topics(category: tuple[str, ...]) -> Element:
    """Return the path of topics as a classification by discipline."""
    purpose = element("purpose", element("source", "LOMv1.0"), element("value", "discipline"))
    path = element("taxonPath")
    for topic in category:
        path.append(element("taxon", element("entry", element("string", topic))))
    return element("classification", purpose, path)
