"""Exports for repositories and digital libraries: a bag (BagIt 1.0, RFC 8493) of records and tables."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from pathlib import Path
from xml.etree import ElementTree as ET

from crawler.warc_compose import one_line
from monitor.exporting.described import SOFTWARE, Collection
from monitor.exporting.records import Records
from monitor.exporting.selection import Selection
from monitor.exporting.texts import Moved, about_sheet, json_lines, sheet
from monitor.exporting.warcs import warc
from monitor.exporting.whole import BAG

#: What RFC 8493 wants new bags to be made with.
ALGORITHM = "sha512"

_OAI = "http://www.openarchives.org/OAI/2.0/oai_dc/"
_DC = "http://purl.org/dc/elements/1.1/"


def bag(
    selection: Selection, out: Path, records: Records, said: Collection, *, name: str, versions: bool, moved: Moved
) -> None:
    """Makes a bag in ``out``: the WARC file, the articles as JSON Lines and CSV; beside them what they are."""
    data, metadata = out / "data", out / "metadata"
    for directory in (data, metadata):
        directory.mkdir(parents=True)
    with (data / "records.warc.gz").open("xb") as file:
        warc(selection, file, records, said, name="records.warc.gz", moved=moved)
    if selection.articles:
        with (data / "articles.jsonl").open("xb") as file:
            json_lines(selection, file, versions=versions, moved=moved)
        with (data / "articles.csv").open("xb") as file:
            sheet(selection, file, versions=versions, moved=moved)
        (data / "articles.csv-metadata.json").write_bytes(about_sheet(said, "articles.csv", versions=versions))
    (metadata / "dublin-core.xml").write_bytes(dublin_core_xml(said))
    (metadata / "schema-org.json").write_text(json.dumps(said.schema_org(), ensure_ascii=False, indent=2), "utf-8")
    (out / BAG).write_text("BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n", "utf-8")
    payload = sorted(data.iterdir())
    size = sum(path.stat().st_size for path in payload)
    (out / "bag-info.txt").write_text(_info(said, name, f"{size}.{len(payload)}"), "utf-8")
    (out / f"manifest-{ALGORITHM}.txt").write_text(_manifest(out, payload), "utf-8")
    tags = sorted([*metadata.iterdir(), *(path for path in out.iterdir() if path.is_file())])
    (out / f"tagmanifest-{ALGORITHM}.txt").write_text(_manifest(out, tags), "utf-8")


def _info(said: Collection, name: str, oxum: str) -> str:
    """bag-info.txt: what RFC 8493 reserves names for, then Dublin Core."""
    lines = [("Source-Organization", said.keeper or "Lưu Tin")]
    lines += [("Contact-Email", said.email)] if said.email else []
    lines += [
        ("External-Description", said.description),
        ("External-Identifier", said.identifier),
        ("Internal-Sender-Identifier", name),
        ("Bagging-Date", said.created[:10]),
        ("Bag-Software-Agent", SOFTWARE),
        ("Payload-Oxum", oxum),
    ]
    lines += [(f"DC-{element.title()}", value) for element, value in said.dublin_core()]
    return "".join(f"{label}: {one_line(value)}\n" for label, value in lines)


def _manifest(out: Path, paths: Iterable[Path]) -> str:
    return "".join(f"{_digest(path)}  {path.relative_to(out).as_posix()}\n" for path in paths)


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, ALGORITHM).hexdigest()


def dublin_core_xml(said: Collection) -> bytes:
    """The export in simple Dublin Core, as OAI-PMH and repositories exchange it."""
    ET.register_namespace("oai_dc", _OAI)
    ET.register_namespace("dc", _DC)
    root = ET.Element(f"{{{_OAI}}}dc")
    for element, value in said.dublin_core():
        ET.SubElement(root, f"{{{_DC}}}{element}").text = value
    ET.indent(root)
    written: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return written + b"\n"
