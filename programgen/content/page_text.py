"""What a finished page says to the patient, and how hard it is to read."""

from html.parser import HTMLParser

from programgen.content.readability import grade, sentences
from programgen.core.quality import Check

MOST_GRADE = 7.0
"""The highest grade of a finished page and of each of its sections; a PROPOSAL."""

HEADINGS = frozenset({"h1", "h2", "h3"})
BLOCKS = frozenset(
    {"h4", "p", "li", "td", "th", "caption", "br", "div", "span", "dt", "dd", "summary", "button"}
)
VOID = frozenset({"br", "img", "meta", "col", "input"})
SILENT = frozenset({"svg", "style", "script", "select"})

NOT_FOR_PATIENTS = frozenset({"For the clinician", "Sources"})
"""Parts of the page, by heading, that are not graded."""


def sentences_by_heading(page: str) -> dict[str, tuple[str, ...]]:
    """Return the finished sentences of a page (HTML) under each heading, each once.

    Names, dates and doses have no end mark and are left out, so that they do not flatter.
    The foot, the clinician's page and the sources are no text for the patient; pictures have
    their words in the content files.
    """
    reader = _Reader()
    reader.feed(page)
    return {heading: tuple(told) for heading, told in reader.told.items()}


def page_grade(page: str) -> Check:
    """Return the reading grade of a page (HTML) as a line of its quality card."""
    told = [s for found in sentences_by_heading(page).values() for s in found]
    reached = grade(told)
    found = f"{max(reached, 0):.1f}, at most {MOST_GRADE:g}"
    return Check(name="grade", holds=bool(told) and reached <= MOST_GRADE, found=found)


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.told: dict[str, dict[str, None]] = {}
        self.text: list[str] = []
        self.heading = ""
        self.silent = 0
        self.for_patients = True

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """End a text where a block begins, and skip what is not to be read."""
        names = (dict(attrs).get("class") or "").split()
        if self.silent or tag in SILENT or "foot" in names:
            self.silent += tag not in VOID
        elif tag in BLOCKS | HEADINGS:
            self._keep()

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Pass over a shape of a drawing: it holds no text."""

    def handle_endtag(self, tag: str) -> None:
        """End a text where its block ends; a heading opens a part of the page."""
        if self.silent:
            self.silent -= 1
        elif tag in HEADINGS:
            self.heading = " ".join("".join(self.text).split())
            if tag == "h2":
                self.for_patients = self.heading not in NOT_FOR_PATIENTS
            self.text = []
        elif tag in BLOCKS:
            self._keep()

    def handle_data(self, data: str) -> None:
        """Collect the words."""
        if not self.silent:
            self.text.append(data)

    def _keep(self) -> None:
        for sentence in sentences("".join(self.text)) if self.for_patients else ():
            if sentence.rstrip("\"”’')")[-1] in ".!?":
                self.told.setdefault(self.heading, {})[sentence] = None
        self.text = []
