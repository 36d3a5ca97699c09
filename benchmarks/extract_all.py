"""The baseline of reading: trafilatura over every page of a WARC file, with metadata; prints what it came to as JSON.

``process`` is all CPU seconds of this process so far, ``reading`` those of trafilatura's own calls.
"""

from __future__ import annotations

import json
import sys
import time

from trafilatura import bare_extraction
from warcio.archiveiterator import ArchiveIterator

pages, reading = 0, 0.0
with open(sys.argv[1], "rb") as file:  # noqa: PTH123 - as warcio's own manual has it
    for record in ArchiveIterator(file):
        if record.rec_type != "response" or record.http_headers.get_statuscode() != "200":
            continue
        page, url = record.content_stream().read(), record.rec_headers.get_header("WARC-Target-URI")
        start = time.process_time()
        bare_extraction(page, url=url, with_metadata=True)
        reading += time.process_time() - start
        pages += 1
print(json.dumps({"pages": pages, "reading": reading, "process": time.process_time()}))
