"""What a module names as its source stands in the documents."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
SOURCE = re.compile(r"Source: (.*?)(?=\n\n|\"\"\"|\Z)", re.DOTALL)


def _named() -> dict[str, str]:
    """Every source that a module names: path -> words."""
    found = {}
    for path in sorted((ROOT / "src").rglob("*.py")):
        words = " ".join(" ".join(it.split()) for it in SOURCE.findall(path.read_text()))
        if words:
            found[str(path.relative_to(ROOT))] = words
    return found


def test_the_findings_that_modules_name_are_rows_of_the_evidence():
    page = (ROOT / "docs/explanation/evidence.md").read_text()
    rows = set(re.findall(r"^\| (\d+) \|", page, re.MULTILINE))
    titles = set(re.findall(r"^## (.+)$", page, re.MULTILINE))
    wrong = []
    for path, words in _named().items():
        for one in re.findall(r"evidence ((?:\d+(?:, | and | to )?)+|\([^)]*\))", words):
            first = re.findall(r"(?:^|; |, | and | to )(\d+)", one.strip("()"))
            wrong += [(path, number) for number in first if number not in rows]
        wrong += [
            (path, it) for it in re.findall(r'evidence, "([^"]+)"', words) if it not in titles
        ]
    assert wrong == []


def test_the_ideas_that_modules_name_are_on_their_page():
    page = (ROOT / "docs/explanation/ideas.md").read_text()
    numbers = set(re.findall(r"^(\d)\. \*\*", page, re.MULTILINE))
    titles = set(re.findall(r"^- \*\*([^*.]+?)\.?\*\*", page, re.MULTILINE))
    wrong = []
    for path, words in _named().items():
        for one in re.findall(r"ideas, ((?:\d(?:, | and )?)+)", words):
            wrong += [(path, it) for it in re.findall(r"\d", one) if it not in numbers]
        for one in re.findall(r'ideas, ("[^"]+"(?: and "[^"]+")?)', words):
            wrong += [(path, it) for it in re.findall(r'"([^"]+)"', one) if it not in titles]
    assert wrong == []


def test_no_module_names_a_text_that_is_not_here():
    elsewhere = re.compile(r"\bDESIGN\b|\bscience, |\bpeers, section|\bissue \d+, ")
    assert {path: it for path, it in _named().items() if elsewhere.search(it)} == {}
