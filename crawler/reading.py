"""What a page said, as the archive keeps it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Reading:
    """What a page said: one row of ``readings``, named by its digest.

    ``captions``, ``images`` and ``attachments`` are JSON lists; links to the page's own host are without it, so that a
    site that moves to another host says the same as before. The addresses of images are no part of the digest.
    """

    reading_digest: str
    content_digest: str
    text_digest: str
    headline: str | None
    description: str | None
    author: str | None
    section: str | None
    date_published: str | None
    word_count: int
    captions: str
    images: str
    attachments: str
