"""What follows a crawl: what was missing is weighed, the site's health is judged, messages go out."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from threading import Event

from crawler.archive import Archive
from crawler.config import Config
from crawler.errors import LockedError, LuutinError
from crawler.site import Site
from monitor import health, removals
from monitor.notify import Delivered, deliver

logger = logging.getLogger(__name__)


def follow(archive: Archive, site: Site, crawl_id: str, config: Config) -> None:
    """Weighs and judges what a crawl brought. Done again, it tells nothing again.

    A mistake of ours in it is logged and costs no other site its night; the next night weighs what this one did not.
    Raises StorageError, LockedError.
    """
    for step in (removals.weigh, health.watch):
        try:
            step(archive, site, crawl_id, config)
        except LuutinError:
            raise
        except Exception:
            logger.exception("%s: what the crawl brought could not be judged; the next night tries again", site.slug)


def catch_up(archive: Archive, sites: Iterable[Site], config: Config) -> None:
    """Does for the newest crawl of each site what ``follow`` did not if we were killed between the two."""
    for site in sites:
        query = "SELECT max(id) FROM crawls WHERE site = ? AND outcome IS NOT NULL"
        (newest,) = archive.connection.execute(query, (site.slug,)).fetchone()
        if newest is not None:
            follow(archive, site, newest, config)


def tell(archive: Archive, config: Config, stop: Event, *, digests: bool = True) -> list[Delivered]:
    """Sends what there is to tell; what could not be sent waits, and is no failure of a crawl."""
    if stop.is_set() or (not digests and not any(channel.when == "at_once" for channel in config.notify)):
        return []
    try:
        return deliver(archive, config, digests=digests, stop=stop)
    except LockedError as error:
        logger.warning("%s", error)
    except LuutinError:
        raise
    except Exception:
        logger.exception("Messages could not be sent; they wait for the next time")
    return []
