"""The HTML of a mail: sanitised for the desk, and as plain words.

Nothing of it runs, nothing is fetched from elsewhere: scripts, styles, forms and frames go, and so
does every picture that is not attached to the mail itself (a picture from elsewhere tells its
owner that, when and where the mail was read).
"""

import re
from html import unescape

import nh3
from msgspec import Struct

MOST_CHARACTERS = 300_000
_TAGS = {
    "a", "abbr", "b", "blockquote", "br", "code", "dd", "del", "div", "dl", "dt", "em", "h1", "h2",
    "h3", "h4", "h5", "h6", "hr", "i", "img", "ins", "li", "ol", "p", "pre", "q", "s", "small",
    "span", "strong", "sub", "sup", "table", "tbody", "td", "tfoot", "th", "thead", "tr", "u",
    "ul",
}  # fmt: skip
_ATTRIBUTES = {
    "a": {"href", "title"},
    "img": {"src", "alt", "title"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan"},
}
_SCHEMES = {"http", "https", "mailto", "tel", "cid"}
_BREAKS = {
    "p", "br", "div", "li", "tr", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "hr", "table",
}  # fmt: skip
_VOID = {"br", "hr", "img"}
_HIDDEN = {"head", "script", "style", "title", "svg", "math", "template", "noscript", "iframe"}
_CID = "cid:"
_DEEPEST = 200  # elements inside each other; a mail of a real program has a few dozen
# Neither looks past the next `<`, so that no page, however it was made, takes long.
_TAG = re.compile(r"""<(/?)([a-zA-Z][a-zA-Z0-9]{0,15})((?:[^"'<>]|"[^"<>]*"|'[^'<>]*')*)>""")
_ATTRIBUTE = re.compile(
    r"""(?<![\w-])([a-zA-Z]{1,20})\s{0,20}=\s{0,20}("[^"]*"|'[^']*'|[^\s"'<>]+)"""
)
_LONGEST_ATTRIBUTES = 4_000


class Page(Struct, frozen=True, kw_only=True):
    """A page, sanitised.

    Attributes:
        words: What it says, without any tag; quoted lines begin with ">".
        blocked: So many pictures from elsewhere were taken out.
    """

    html: str
    words: str
    blocked: int = 0


def clean(html: str) -> Page:
    """Sanitise a page; what is too long is cut off before it is looked at."""
    blocked = 0

    def kept(tag: str, name: str, value: str) -> str | None:
        nonlocal blocked
        is_attached = value.strip().casefold().startswith(_CID)
        if tag == "img" and name == "src" and not is_attached:
            blocked += 1
            return None
        return None if name == "href" and is_attached else value

    page = _Page()
    page.read(_without_declarations(html[:MOST_CHARACTERS]))
    safe = nh3.clean(
        page.balanced(),
        tags=_TAGS,
        clean_content_tags=_HIDDEN,
        attributes=_ATTRIBUTES,
        attribute_filter=kept,
        url_schemes=_SCHEMES,
        link_rel="noopener noreferrer nofollow",
        set_tag_attribute_values={"a": {"target": "_blank"}},
        strip_comments=True,
    )
    return Page(html=safe, words=page.words(), blocked=blocked)


def _without_declarations(html: str) -> str:
    """Leave out comments and declarations; what follows one that never ends goes with it."""
    parts: list[str] = []
    done = 0
    while (at := html.find("<", done)) >= 0:
        if html[at + 1 : at + 2] not in ("!", "?"):
            parts.append(html[done : at + 1])
            done = at + 1
            continue
        parts.append(html[done:at])
        ending = "-->" if html.startswith("<!--", at) else ">"
        end = html.find(ending, at + 2)
        if end < 0:
            return "".join(parts)
        done = end + len(ending)
    return "".join((*parts, html[done:]))


class _Page:
    """Writes a page again with each element closed in order and none too deep.

    The sanitiser that reads it next takes minutes for some hundred kilobytes of what is never
    closed; it alone decides what is safe.
    """

    def __init__(self) -> None:
        self._parts: list[str] = []
        self._open: list[str] = []
        self._said: list[str] = []
        self._hidden = ""  # the element whose words are left out

    def read(self, html: str) -> None:
        done = 0
        for found in _TAG.finditer(html):
            self._text(html[done : found.start()])
            done = found.end()
            tag = found[2].lower()
            if self._hidden:
                self._hidden = "" if found[1] and tag == self._hidden else self._hidden
            elif found[1]:
                self._end(tag)
            elif tag in _HIDDEN:
                self._hidden = "" if found[3].endswith("/") else tag
            elif tag in _TAGS:
                self._begin(tag, found[3])
        self._text(html[done:])

    def _begin(self, tag: str, attributes: str) -> None:
        if tag == "p":
            self._end("p")
        if tag in _BREAKS:
            self._break(tag == "blockquote")
        if tag not in _VOID:
            if len(self._open) >= _DEEPEST:
                return
            self._open.append(tag)
        kept = ""
        for name, value in _ATTRIBUTE.findall(attributes[:_LONGEST_ATTRIBUTES]):
            if name.lower() in _ATTRIBUTES.get(tag, ()):
                plain = value.strip("\"'").replace('"', "&quot;")
                kept += f' {name.lower()}="{plain}"'
        self._parts.append(f"<{tag}{kept}>")

    def _end(self, tag: str) -> None:
        if tag not in self._open:
            return
        while (last := self._open.pop()) != tag:
            self._parts.append(f"</{last}>")
        self._parts.append(f"</{tag}>")
        if tag in _BREAKS:
            self._break(False)

    def _break(self, begins: bool) -> None:
        self._said.append("\n" + "> " * min(9, self._open.count("blockquote") + begins))

    def _text(self, text: str) -> None:
        if text and not self._hidden:
            self._parts.append(text.replace("<", "&lt;").replace(">", "&gt;"))
            self._said.append(" ".join(unescape(text).split("\n")).replace("\r", " "))

    def balanced(self) -> str:
        return "".join((*self._parts, *(f"</{tag}>" for tag in reversed(self._open))))

    def words(self) -> str:
        lines = (" ".join(line.split()) for line in "".join(self._said).splitlines())
        found: list[str] = []
        for line in lines:
            if line.strip("> ") or (found and found[-1].strip("> ")):
                found.append(line)
        return "\n".join(found).strip()
