"""Finding the documents of QTI in a file: one XML file, or a package with or without a manifest."""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from urllib.parse import unquote
from xml.etree.ElementTree import Element  # nosec B405

from question_bank.formats.archives import is_archive, open_archive
from question_bank.formats.problems import Problem, Where, problem
from question_bank.formats.qti.tree import children, find_all, local_name, normalise
from question_bank.formats.safe_xml import mended, parse

_SCHEME = re.compile(r"\s*([a-z][a-z0-9+.-]{1,20}:|//|\\\\)", re.IGNORECASE)
_FILE_BASE = re.compile(r"^(\$|%24)IMS[-_]CC[-_]FILE[-_]?BASE(\$|%24)/?", re.IGNORECASE)
_XML_ENDINGS = (".xml", ".qti", ".dat")
# What tells a broken document of questions from another broken file.
_LOOKS_LIKE_QTI = re.compile(rb"assessmentItem|qti-assessment-item|questestinterop")
_MANIFEST = "imsmanifest.xml"


@dataclass(frozen=True, slots=True)
class Document:
    """One XML document: the entry it stands in (empty for a file that is no package), its root.

    `version` is the format it has: qti12, qti2 or qti3.
    """

    name: str
    root: Element
    version: str


@dataclass(frozen=True, slots=True)
class Broken:
    """A document of questions that cannot be read, or that the package speaks of and lacks."""

    name: str
    problem: Problem


@dataclass
class Package:
    """What a file holds. `used` collects the files that its questions show.

    `documents` are in the order in which tests and manifest name them. `resources` are the
    manifest's own words on each entry; `banks` the identifiers of the question banks inside.
    """

    files: Mapping[str, bytes] = field(default_factory=dict)
    documents: list[Document | Broken] = field(default_factory=list)
    resources: dict[str, Element] = field(default_factory=dict)
    stimuli: dict[str, Element] = field(default_factory=dict)
    banks: set[str] = field(default_factory=set)
    problems: list[Problem] = field(default_factory=list)
    used: dict[str, bytes] = field(default_factory=dict)
    _folded: dict[str, str] = field(default_factory=dict)

    def resolve(self, base: str, href: str) -> str | None:
        """Return the entry that `href` means inside the document `base`; None when there is none.

        Names are tried as they stand and decoded, relative to the document and to the root, in any
        case, and at last by how the path ends, so that a package in a folder of its own is read.
        """
        if is_elsewhere(href) or not self.files:
            return None
        if not self._folded:
            self._folded.update({_folded(name): name for name in self.files})
        wanted = _FILE_BASE.sub("", href.strip())
        folder = base.rpartition("/")[0]
        for path in dict.fromkeys((wanted, unquote(wanted), re.split(r"[?#]", unquote(wanted))[0])):
            for start in (folder, ""):
                found = self._folded.get(_folded(_joined(start, path)))
                if found is not None:
                    return found
        return self._by_ending(_folded(_joined("", unquote(wanted))))

    def _by_ending(self, path: str) -> str | None:
        if not path:
            return None
        matches = [name for folded, name in self._folded.items() if folded.endswith("/" + path)]
        return matches[0] if len(matches) == 1 else None


def is_elsewhere(href: str) -> bool:
    """Tell whether an address leaves the package: another server, a drive, a scheme of any kind."""
    return bool(_SCHEME.match(href)) and not _FILE_BASE.match(href.strip())


def open_package(data: bytes, filename: str) -> Package | Problem:
    """Return what a file holds, or why none of it can be read."""
    if not is_archive(data):
        return _single(data)
    files = open_archive(data)
    if isinstance(files, Problem):
        return files
    package = Package(files)
    manifest = _read_manifest(package)
    parsed = _parse_all(package)
    _arrange(package, parsed, manifest)
    return package


def _single(data: bytes) -> Package | Problem:
    root = _parsed(data, None)
    if isinstance(root, Problem):
        return root
    package = Package()
    version = _version(root)
    if version is None:
        return problem("qti.root", Where(), name=local_name(root.tag)[:80])
    package.documents.append(Document("", normalise(root), version))
    return package


def _parsed(data: bytes, entry: str | None) -> Element | Problem:
    root = parse(data, entry)
    if isinstance(root, Problem) and root.code == "file.xml_syntax":
        better = parse(mended(data)[0], entry)
        return root if isinstance(better, Problem) else better
    return root


def _version(root: Element) -> str | None:
    """Return which version a document is of, None when it holds no questions of QTI."""
    name = local_name(root.tag)
    if name.startswith("qti-"):
        return "qti3"
    if name == "questestinterop":
        return "qti12"
    if name in ("item", "assessment", "section", "objectbank"):
        return "qti12" if root.get("ident") is not None else None
    if name in ("assessmentItem", "assessmentTest", "assessmentSection", "assessmentStimulus"):
        return "qti2"
    if any(local_name(one.tag) == "assessmentItem" for one in root):
        return "qti2"
    return None


def _read_manifest(package: Package) -> list[str]:
    """Read the manifest: keep its resources by entry, and return the entries in its order."""
    names = [name for name in package.files if _folded(name).rpartition("/")[2] == _MANIFEST]
    if not names:
        package.problems.append(problem("qti.manifest_missing", Where()))
        return []
    name = min(names, key=lambda one: one.count("/"))
    root = _parsed(package.files[name], name)
    if isinstance(root, Problem):
        package.problems.append(problem("qti.manifest_damaged", Where(entry=name)))
        return []
    order: list[str] = []
    for resource in find_all(normalise(root), "resource"):
        for href in _hrefs(resource):
            entry = package.resolve(name, href)
            if entry is not None:
                order.append(entry)
                package.resources.setdefault(entry, resource)
            elif _names_questions(resource, href):
                package.documents.append(_missing(name, href))
    return list(dict.fromkeys(order))


def _hrefs(resource: Element) -> Iterator[str]:
    """Yield the files of a resource, its own first; Blackboard names it in an attribute."""
    named = [resource.get("href"), resource.get("file")]
    yield from dict.fromkeys(
        href for href in (*named, *(one.get("href") for one in children(resource, "file"))) if href
    )


def _names_questions(resource: Element, href: str) -> bool:
    kind = resource.get("type", "").lower()
    is_own = href == resource.get("href") or href.lower().endswith(_XML_ENDINGS)
    return is_own and kind.startswith(("imsqti_item", "imsqti_xml"))


def _missing(base: str, href: str) -> Broken:
    code = "qti.remote" if is_elsewhere(href) else "qti.item_missing"
    return Broken(href, problem(code, Where(entry=base or None), href=href[:200]))


def _parse_all(package: Package) -> dict[str, Document | Broken]:
    """Parse every entry that may hold questions, in the order of the archive."""
    found: dict[str, Document | Broken] = {}
    for name, data in package.files.items():
        is_manifest = _folded(name).rpartition("/")[2] == _MANIFEST
        if is_manifest or not _folded(name).endswith(_XML_ENDINGS):
            continue
        root = _parsed(data, name)
        if isinstance(root, Problem):
            if _LOOKS_LIKE_QTI.search(data) or _is_item(package, name):
                found[name] = Broken(name, root)
            continue
        version = _version(root)
        if version is not None:
            found[name] = Document(name, normalise(root), version)
    return _without_twins(found)


def _is_item(package: Package, name: str) -> bool:
    resource = package.resources.get(name)
    return resource is not None and resource.get("type", "").lower().startswith("imsqti_item")


def _without_twins(found: dict[str, Document | Broken]) -> dict[str, Document | Broken]:
    """Leave out what Canvas exports a second time: for Common Cartridge, with less in it."""
    full = {
        name.rpartition("/")[2].removesuffix(".xml.qti")
        for name in found
        if name.endswith(".xml.qti")
    }
    return {
        name: one
        for name, one in found.items()
        if not (name.endswith("/assessment_qti.xml") and name.split("/")[-2] in full)
    }


def _arrange(package: Package, parsed: dict[str, Document | Broken], manifest: list[str]) -> None:
    """Put the documents in the order of the tests, then of the manifest, then of the archive."""
    order: list[str] = []
    for name, one in parsed.items():
        if isinstance(one, Broken) or one.root.tag == "assessmentItem":
            continue
        if one.root.tag == "assessmentStimulus":
            package.stimuli[name] = one.root
        for reference in find_all(one.root, "assessmentItemRef"):
            href = reference.get("href", "")
            entry = package.resolve(name, href)
            if entry is not None:
                order.append(entry)
            elif href:
                package.documents.append(_missing(name, href))
        banks = (bank.get("ident", "") for bank in find_all(one.root, "objectbank"))
        package.banks.update(banks)
    for name in dict.fromkeys((*order, *manifest, *parsed)):
        if name in parsed:
            package.documents.append(parsed[name])


def _joined(folder: str, path: str) -> str:
    """Return a path inside the package, its `.` and `..` worked out; it never leaves the root."""
    parts: list[str] = []
    for part in f"{folder}/{path}".replace("\\", "/").split("/"):
        if part == "..":
            del parts[-1:]
        elif part not in ("", "."):
            parts.append(part)
    return "/".join(parts)


def _folded(name: str) -> str:
    return unicodedata.normalize("NFC", name).casefold()
