"""Scrapy's settings. What a site's crawl adds from luutin.toml is in ``SiteSpider.update_settings``."""

from __future__ import annotations

import os
from pathlib import Path

from crawler.garbage import spare_collector

BOT_NAME = "luutin"
SPIDER_MODULES = ["spiders"]
SPIDER_LOADER_CLASS = "crawler.loader.SiteLoader"

#: All sites, those of luutin.toml included: a callable that takes a Config and gives sites by slug. Named here, so
#: that the crawler need not import the sites that stand above it.
LUUTIN_REGISTRY = "spiders.registry"
LUUTIN_CONFIG = os.environ.get("LUUTIN_CONFIG")
LUUTIN_DATA = os.environ.get("LUUTIN_DATA") or str(Path(__file__).resolve().parent.parent)

# --- what leaves this machine, and what runs on it
ROBOTSTXT_OBEY = True
ROBOTSTXT_USER_AGENT = "LuuTin"  # the name alone: in the whole header a rule for "archive" would find itself
DOWNLOAD_VERIFY_CERTIFICATES = True  # Scrapy does not by itself
DOWNLOAD_MAXSIZE = 16 * 1024 * 1024  # Scrapy's own is 1 GiB
DOWNLOAD_WARNSIZE = 0
DOWNLOAD_HANDLERS = {"file": None, "ftp": None, "s3": None, "data": None}
TELNETCONSOLE_ENABLED = False  # on by default, and it runs code
REMOTE_CONTROL_ENABLED = False  # the same
TWISTED_DNS_RESOLVER = "crawler.guard.PublicResolver"
HTTPPROXY_ENABLED = False  # a proxy would resolve names behind the guard's back
URLLENGTH_LIMIT = 0  # the guard's
REDIRECT_MAX_TIMES = 5  # RFC 9309 wants five for robots.txt; nobody needs more

# --- what is said to a site
DEFAULT_REQUEST_HEADERS = {
    "Accept": "text/html,application/xhtml+xml,*/*;q=0.8",
    "Accept-Language": "vi,en;q=0.3",
    "Accept-Encoding": "gzip",  # readers of WARC files know it everywhere; not so brotli
}
# Exactly the delay that was asked for: a random one would at times be shorter than a Crawl-delay.
DOWNLOAD_DELAY_JITTER = 0
RETRY_HTTP_CODES = [408, 429, 500, 502, 503, 504, 522, 524]
RETRY_PRIORITY_ADJUST = -1000  # behind everything else: a server in trouble gets time
RETRY_GIVE_UP_LOG_LEVEL = "INFO"  # counted, and told at the end

# --- what a response costs (benchmarks/ measures it)
TWISTED_REACTOR = "twisted.internet.asyncioreactor.AsyncioSelectorReactor"
ASYNCIO_EVENT_LOOP = "uvloop.Loop"
CONCURRENT_ITEMS = 1  # Scrapy starts so many tasks per response
COMPRESSION_ENABLED = False  # the capture has the decoded payload already
METAREFRESH_ENABLED = False
REFERER_ENABLED = False
DUPEFILTER_CLASS = "scrapy.dupefilters.BaseDupeFilter"  # the frontier knows what was fetched
SCHEDULER_MEMORY_QUEUE = "scrapy.squeues.FifoMemoryQueue"  # newest first, as the frontier gives them
SCHEDULER_PRIORITY_QUEUE = "scrapy.pqueues.ScrapyPriorityQueue"  # one site: nothing to balance
WARN_ON_GENERATOR_RETURN_VALUE = False
DOWNLOADER_STATS = False
# All that stands between the spider and the wire, from one to the other. Scrapy's own lists are emptied, because what
# they name is imported even where it is switched off: one extension alone brings aiohttp, a tenth of the start-up.
DOWNLOADER_MIDDLEWARES_BASE: dict[str, int] = {}
DOWNLOADER_MIDDLEWARES = {
    "crawler.middlewares.GuardMiddleware": 50,
    "crawler.middlewares.RobotsMiddleware": 100,
    "scrapy.downloadermiddlewares.downloadtimeout.DownloadTimeoutMiddleware": 350,
    "scrapy.downloadermiddlewares.defaultheaders.DefaultHeadersMiddleware": 400,
    "scrapy.downloadermiddlewares.useragent.UserAgentMiddleware": 500,
    "scrapy.downloadermiddlewares.retry.RetryMiddleware": 550,
    "crawler.middlewares.PolitenessMiddleware": 560,
    "crawler.middlewares.RedirectMiddleware": 600,
    # below everything that changes, answers or repeats a response: what came over the wire, each time that it came
    "crawler.middlewares.CaptureMiddleware": 860,
}
# Spiders here get every status, and only requests that the guard has judged.
SPIDER_MIDDLEWARES_BASE: dict[str, int] = {}
EXTENSIONS_BASE: dict[str, int] = {}
spare_collector()  # before most modules are loaded
REACTOR_THREADPOOL_MAXSIZE = 4  # it resolves names, nothing else

# --- what is logged: nothing per response
LOG_LEVEL = "INFO"
LOG_FORMATTER = "crawler.middlewares.QuietFormatter"
LOG_FORMAT = "%(asctime)s %(levelname)s %(message)s"
LOG_VERSIONS: list[str] = []
STATS_DUMP = False
