"""How hard the patient text is: the Flesch-Kincaid grade of files, parts and sentences.

The grade is the school year whose pupils read a text with ease (Kincaid 1975). It counts
words in a sentence and syllables in a word, so it is made for English alone and says little
on a few words: files and parts of about a hundred words are graded, short texts only
together with their neighbours.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from programgen.content.reading import Document, Place
from programgen.errors import Problem

MOST_GRADE = 6.0
"""The highest grade of instructions; a PROPOSAL, the rule of CONTRIBUTING.md."""

MOST_WORDS = 25
"""Words in a sentence, at most; a PROPOSAL."""

PART_WORDS = 100
"""Words from which a text is long enough for a grade of its own; the size of a sample in
the usual tests of reading level."""

_HARD_WORDS = 20
"""A sentence with more words is worth another look; a PROPOSAL."""

_HARD_GRADE, _GRADED_WORDS = 9.0, 12
"""So is one above this grade, if it has at least so many words; a PROPOSAL."""

_QUESTION: tuple[Place, ...] = (("*", "ask"), ("*", "help"), ("*", "answer"))

_PATIENT_TEXT: Mapping[str, tuple[Place, ...]] = {
    "catalogue": (
        ("words", "purpose"),
        ("words", "picture"),
        ("words", "setup"),
        ("words", "steps", "*"),
        ("words", "cues", "*"),
        ("words", "stop_if", "*"),
        ("effort", "talk"),
    ),
    "rules": (("then", "tell"), ("because",)),
    "sets": (("title",), ("for_whom",)),
    "protocols": (
        ("title",),
        ("summary",),
        ("stages", "*", "title"),
        ("stages", "*", "effort"),
        ("entry", "*", "until"),
        ("entry", "*", "because"),
        ("decisions", "readings", "*", "because"),
        ("decisions", "moves", "*", "because"),
    ),
    "vocabulary/abilities": _QUESTION,
    "vocabulary/health": _QUESTION,
    "vocabulary/screening": _QUESTION,
}
"""Where a file holds words for a patient, by how its path begins; '*' is every key or item."""

_END = re.compile(r"(?<=[.!?])\s+|(?<=[.!?][\"”’')])\s+")
_WORD = re.compile(r"\d+(?:[.,]\d+)*|[^\W\d_]+(?:['’][^\W\d_]+)*")
_VOWELS = re.compile(r"[aeiouy]+")
_MUTE = re.compile(
    r"(?<=[^aeiouy])e$(?<![^aeiouylr][lr]e)"  # make, but not ankle, metre
    r"|(?<=[^aeiouysxzcg])es$(?<!ches|shes)(?<![^aeiouylr][lr]es)"  # makes, but not places
    r"|(?<=[^aeiouydt])ed$(?<![^aeiouylr][lr]ed)"  # moved, but not lifted, tingled
    r"|(?<=[aeiouy][^aeiouy])e(?=(?:ly|ful|fully|ness|less|ments?|thing|where|times?)$)"
)
"""An e that is not spoken."""
_APART = re.compile(
    r"(?<![tcsgx])i[aou](?!$)|(?<![tcsgxq])ia$|io(?![nu])|i(?:er|est)s?$|iet"  # lion, easier
    r"|[eioy]ing|[^qg]ua|uous|eo(?:us|n)?$"  # trying, usual, video
    r"|sm$"  # spasm
)
"""Neighbours that are spoken apart."""
_SPOKEN = {
    word: count
    for count, listed in (
        (1, "ache aches drawer tongue h"),
        (2, "s min m dr wednesday sideways forehead forearm forearms barefoot safety someone"),
        (2, "somehow elsewhere therefore guideline guidelines household lifestyle milestone"),
        (2, "milestones beyond fired freer tired create react science cushion cushions soldier"),
        (2, "soldiers shoelace rhythm poem cruel fuel unique union layout client"),
        (3, "hiv mri somebody everyday everyone everything everywhere area areas idea ideas"),
        (3, "reaction reactions cushioning catalogue"),
        (4, "km cm mm kg feb everybody ingredients diarrhoea"),
        (6, "osteoporosis"),
    )
    for word in listed.split()
}
"""Syllables of words that the rules get wrong, and of units, which are read in full."""


@dataclass(frozen=True)
class Passage:
    """Words for a patient, and where they stand."""

    path: str
    line: int
    column: int
    text: str


@dataclass(frozen=True)
class HardSentence:
    """A sentence that is worth another look."""

    path: str
    line: int
    words: int
    grade: float
    text: str


@dataclass(frozen=True)
class FileGrade:
    """How hard a file is; ``hardest_part`` is the grade of its hardest part."""

    path: str
    words: int
    grade: float
    hardest_part: float


@dataclass(frozen=True)
class FamilyGrade:
    """How hard the files of one folder are together, and the hardest of them."""

    family: str
    files: int
    words: int
    grade: float
    hardest: FileGrade


@dataclass(frozen=True)
class Report:
    """The grades of a content folder and its hard sentences, in the order of files."""

    families: tuple[FamilyGrade, ...]
    sentences: tuple[HardSentence, ...]


def sentences(text: str) -> tuple[str, ...]:
    """Return the sentences of a text; a text without an end mark is one sentence.

    >>> sentences("Lie down. Is it 2.5 m? Good")
    ('Lie down.', 'Is it 2.5 m?', 'Good')
    """
    return tuple(s for s in _END.split(" ".join(text.split())) if _WORD.search(s))


def words(text: str) -> tuple[str, ...]:
    """Return the words and numbers of a text; a hyphen parts two words.

    >>> words("Don't run: a 30-minute walk")
    ("Don't", 'run', 'a', '30', 'minute', 'walk')
    """
    return tuple(_WORD.findall(text))


def syllables(word: str) -> int:
    """Return the syllables of an English word as it is spoken; a number has one a digit.

    >>> syllables("physiotherapist"), syllables("moved"), syllables("15")
    (6, 1, 2)
    """
    if word[0].isdigit():
        return sum(c.isdigit() for c in word)
    plain = re.sub(r"['’]s$", "", word.lower())
    if plain in _SPOKEN:
        return _SPOKEN[plain]
    groups = len(_VOWELS.findall(plain)) - len(_MUTE.findall(plain))
    return max(1, groups + len(_APART.findall(plain)))


def grade(texts: Iterable[str]) -> float:
    """Return the Flesch-Kincaid grade of texts taken together; 0 where there is no word.

    A text always ends its last sentence. Simple texts can be below 0.
    """
    found = [words(s) for text in texts for s in sentences(text)]
    count = sum(map(len, found))
    if not count:
        return 0.0
    spoken = sum(syllables(w) for sentence in found for w in sentence)
    return 0.39 * count / len(found) + 11.8 * spoken / count - 15.59


def passages(path: str, document: Document) -> tuple[Passage, ...]:
    """Return the words for a patient in a content file, in the order of its lines.

    Args:
        path: the file within the content folder, such as ``rules/refer/limp.yaml``.
        document: what stands in it.
    """
    found = (
        Passage(document.path, *document.marks[where], text)
        for start, patterns in _PATIENT_TEXT.items()
        if path.startswith(start)
        for pattern in patterns
        for where, text in _at(document.value, pattern)
    )
    return tuple(sorted(found, key=lambda passage: (passage.line, passage.column)))


def _at(value: Any, pattern: Place, where: Place = ()) -> Iterator[tuple[Place, str]]:
    if not pattern:
        if isinstance(value, str):
            yield where, value
        return
    first, rest = pattern[0], pattern[1:]
    items: Iterable[tuple[str | int, Any]] = ()
    if isinstance(value, dict):
        items = value.items()
    elif isinstance(value, list):
        items = enumerate(value)
    for key, child in items:
        if first in ("*", key):
            yield from _at(child, rest, (*where, key))


def parts(found: Iterable[Passage]) -> tuple[tuple[Passage, ...], ...]:
    """Cut a file into parts of at least :data:`PART_WORDS` words; a short rest joins the last."""
    done: list[tuple[Passage, ...]] = []
    part: list[Passage] = []
    for passage in found:
        part.append(passage)
        if _count(part) >= PART_WORDS:
            done.append(tuple(part))
            part = []
    if part:
        done[-1:] = [(*done[-1], *part)] if done else [tuple(part)]
    return tuple(done)


def _count(found: Iterable[Passage]) -> int:
    return sum(len(words(p.text)) for p in found)


def _grade_of(found: Iterable[Passage]) -> float:
    return grade(p.text for p in found)


def too_hard(documents: Mapping[str, Document]) -> Iterator[Problem]:
    """Yield a problem for every part of a file and every sentence that is over the limit.

    Args:
        documents: the content files by their path within the folder.
    """
    for path, document in documents.items():
        found = passages(path, document)
        for part in parts(found):
            reached = _grade_of(part)
            if reached > MOST_GRADE:
                message = (
                    f"the text from here on reads at grade {reached:.2f}; at most "
                    f"{MOST_GRADE:g}: use shorter sentences and plainer words "
                    "(see 'programgen check --readability')"
                )
                yield Problem(part[0].path, part[0].line, part[0].column, message, "too-hard")
        for passage in found:
            for sentence in sentences(passage.text):
                count = len(words(sentence))
                if count > MOST_WORDS:
                    message = (
                        f"a sentence of {count} words; at most {MOST_WORDS}: split it: '{sentence}'"
                    )
                    yield Problem(passage.path, passage.line, passage.column, message, "too-hard")


def report(documents: Mapping[str, Document]) -> Report:
    """Return how hard each family of files is, and the sentences worth another look."""
    found = {path: passages(path, document) for path, document in sorted(documents.items())}
    told = {path: texts for path, texts in found.items() if texts}
    return Report(
        families=tuple(
            _family(family, {path: told[path] for path in paths})
            for family, paths in groupby(told, key=lambda path: path.rpartition("/")[0])
        ),
        sentences=tuple(
            hard
            for texts in told.values()
            for passage in texts
            for sentence in sentences(passage.text)
            if (hard := _looked_at(passage, sentence)) is not None
        ),
    )


def _family(family: str, files: Mapping[str, tuple[Passage, ...]]) -> FamilyGrade:
    graded = [
        FileGrade(
            texts[0].path,
            _count(texts),
            round(_grade_of(texts), 2),
            round(max(map(_grade_of, parts(texts))), 2),
        )
        for texts in files.values()
    ]
    everything = [passage for texts in files.values() for passage in texts]
    return FamilyGrade(
        family=family,
        files=len(files),
        words=_count(everything),
        grade=round(_grade_of(everything), 2),
        hardest=max(graded, key=lambda one: one.hardest_part),
    )


def _looked_at(passage: Passage, sentence: str) -> HardSentence | None:
    """Return a sentence that is long, or hard and not short."""
    count, reached = len(words(sentence)), grade([sentence])
    if count > _HARD_WORDS or (count >= _GRADED_WORDS and reached > _HARD_GRADE):
        return HardSentence(passage.path, passage.line, count, round(reached, 1), sentence)
    return None
