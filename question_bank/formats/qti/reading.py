"""Reading a file of QTI of any version: the same for the three formats of the registry."""

from collections import Counter
from dataclasses import replace

from question_bank.formats.problems import Problem, Where, problem
from question_bank.formats.qti import items2, items12
from question_bank.formats.qti.package import Broken, Document, Package, open_package
from question_bank.formats.reading import Question, Reading
from question_bank.items.draft import Draft


def read_as(name: str, data: bytes, filename: str) -> Reading:
    """Read a file; `name` is the version it is thought to have, which its content may correct."""
    package = open_package(data, filename)
    if isinstance(package, Problem):
        return Reading(name, (), problems=(package,))
    questions: list[Question] = []
    versions: Counter[str] = Counter()
    for document in package.documents:
        found = _questions_of(document, package)
        questions += found
        if isinstance(document, Document):
            versions[document.version] += len(found)
    problems = package.problems
    if not questions:
        problems = [*problems, _nothing(package)]
    likely = versions.most_common(1)
    return Reading(
        likely[0][0] if likely and likely[0][1] and name not in versions else name,
        tuple(_named_apart(questions)),
        problems=tuple(problems),
        media=dict(package.used),
    )


def _questions_of(document: Document | Broken, package: Package) -> list[Question]:
    if isinstance(document, Broken):
        where = document.problem.where
        where = Where(where.line, where.item, None, None, where.entry or document.name or None)
        return [Question(Draft(""), where, name=document.name, problems=(document.problem,))]
    if document.version == "qti12":
        return items12.questions_of(document, package)
    return items2.questions_of(document, package)


def _nothing(package: Package) -> Problem:
    """Return why there is no question: nothing of QTI in the file, or only other things."""
    return problem("qti.no_items", Where(), count=len(package.documents))


def _named_apart(questions: list[Question]) -> list[Question]:
    """Warn of an identifier that was used before: the file says twice which question is meant."""
    seen: set[str] = set()
    told = []
    for question in questions:
        identifier = question.where.item or ""
        if identifier and identifier in seen:
            found = problem("qti.identifier_repeated", question.where, name=identifier[:80])
            question = replace(question, problems=(*question.problems, found))
        seen.add(identifier)
        told.append(question)
    return told
