"""Which feeds there are and where: what each holds, its address, and those that a page names in its head."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple
from urllib.parse import urlencode

from monitor import feeds
from monitor.web import labels

Kind = Literal["new", "edits", "removals", "alerts"]
KINDS: tuple[Kind, ...] = ("new", "edits", "removals", "alerts")

#: What narrows a feed, by the name that it has in the address; only articles have more than a site.
NARROWED_BY: dict[Kind, tuple[str, ...]] = {
    "new": ("site", "section", "author", "q", "document"),
    "edits": ("site",),
    "removals": ("site",),
    "alerts": ("site",),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """What a feed holds: everything of a kind, or what is left of it; "" leaves a question open.

    ``site`` is a slug. ``site_name`` is only for people. Of several at once, all must hold.
    """

    kind: Kind = "new"
    site: str = ""
    section: str = ""
    author: str = ""
    q: str = ""
    document: str = ""
    site_name: str = ""

    @property
    def arguments(self) -> dict[str, str]:
        """What narrows it, as the address says it."""
        return {name: value for name in NARROWED_BY[self.kind] if (value := str(getattr(self, name)))}

    @property
    def name(self) -> str:
        """What the feed's id is made of: never changes, the same on every host."""
        return f"{self.kind}?{urlencode(self.arguments)}" if self.arguments else self.kind

    def path(self, form: str = "atom", *, full: bool = True) -> str:
        """Its address below the archive's, without the first slash. ``form``: one of ``feeds.FORMS``."""
        query = urlencode(self.arguments | ({} if full else {"full": "0"}))
        return f"feeds/{self.kind}.{form}" + (f"?{query}" if query else "")

    def title(self, language: str = "vi") -> str:
        """What it is called, as in ``Bài mới: Huyện ủy Vùng Núi, Tin hoạt động``."""
        t = labels.TEXTS[language]
        quoted = (f"“{self.q}”" if self.q else "", self.document)
        about = [part for part in (self.site_name or self.site, self.section, self.author, *quoted) if part]
        return t[f"feed_{self.kind}"] + (f": {', '.join(about)}" if about else "")


class Alternate(NamedTuple):
    """A ``<link rel="alternate">`` of a page."""

    title: str
    type: str
    href: str


def alternates(datasette: Any, choices: Sequence[Choice] = (), *, language: str = "vi") -> list[Alternate]:
    """The feeds that a page names: those of its own subject first, then that of everything new.

    Of a page's own subject each form, so that every reader finds one; of everything else Atom, which all can read.
    """
    found = [
        Alternate(
            f"{choice.title(language)} ({form.name})", form.media_type, str(datasette.urls.path(choice.path(key)))
        )
        for choice in choices
        for key, form in feeds.FORMS.items()
    ]
    everything = Choice()
    if everything not in choices:
        href = str(datasette.urls.path(everything.path()))
        found.append(Alternate(everything.title(language), feeds.FORMS["atom"].media_type, href))
    return found
