"""Makes the bytes of the replicas' photographs and attachments: small, real files, the same for the same path."""

from __future__ import annotations

import hashlib
import io
import struct
import zipfile
import zlib
from html import escape
from pathlib import PurePosixPath

MEDIA_TYPES = {
    "png": "image/png",
    "gif": "image/gif",
    "pdf": "application/pdf",
    "doc": "application/msword",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}
# A transparent pixel: what the old portals space their layouts with.
PIXEL = bytes.fromhex("474946383961010001008000000000 00ffffff21f90401000000002c00000000010001000002024401003b")


def make(path: str, title: str) -> tuple[bytes, str]:
    """Bytes and media type of the file at ``path``, whose extension says what it is."""
    kind = PurePosixPath(path).suffix[1:]
    maker = {"png": png, "pdf": pdf, "doc": doc, "docx": docx}[kind]
    return maker(f"{path} {title}"), MEDIA_TYPES[kind]


def png(text: str) -> bytes:
    """A picture of 48 by 32 pixels in stripes that depend on ``text``."""
    digest = hashlib.sha256(text.encode()).digest()
    rows = b"".join(b"\0" + bytes(digest[(y // 4 + c) % 32] for _ in range(48) for c in range(3)) for y in range(32))

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", 48, 32, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def docx(text: str) -> bytes:
    """A Word document of one paragraph."""
    types = "http://schemas.openxmlformats.org/package/2006/content-types"
    relations = "http://schemas.openxmlformats.org/package/2006/relationships"
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument"
    word = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    main = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{types}"><Default Extension="rels" ContentType="application/vnd.'
        'openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/word/document.xml" ContentType="{main}"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{relations}"><Relationship Id="r1" Type="{office}" '
        'Target="word/document.xml"/></Relationships>',
        "word/document.xml": f'<w:document xmlns:w="{word}"><w:body><w:p><w:r><w:t>{escape(text)}</w:t></w:r></w:p>'
        "</w:body></w:document>",
    }
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        for name, xml in parts.items():
            entry = zipfile.ZipInfo(name, (2020, 1, 1, 0, 0, 0))  # a fixed time keeps the bytes the same
            package.writestr(entry, f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>{xml}')
    return out.getvalue()


def doc(text: str) -> bytes:
    """Rich text under the name of a Word document, as these offices often send it."""
    coded = "".join(c if c.isascii() else f"\\u{ord(c)}?" for c in text)
    return f"{{\\rtf1\\ansi\\deff0{{\\fonttbl{{\\f0 Times New Roman;}}}}\\f0 {coded}\\par}}".encode("ascii")


def pdf(text: str) -> bytes:
    """A page of PDF with one line in ASCII."""
    line = text.encode("ascii", "replace").translate(None, b"()\\")
    stream = b"BT /F1 12 Tf 50 780 Td (" + line + b") Tj ET"
    objects = (
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>",
        b"<</Length %d>>stream\n%s\nendstream" % (len(stream), stream),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
    )
    out, offsets = b"%PDF-1.4\n", []
    for number, content in enumerate(objects, 1):
        offsets.append(len(out))
        out += b"%d 0 obj%s\nendobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    return out + b"xref\n0 6\n0000000000 65535 f \n%strailer<</Size 6/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (
        table,
        len(out),
    )
