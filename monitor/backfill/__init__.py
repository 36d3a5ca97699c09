"""Backfill: what other web archives hold of a site, fetched politely and taken in as captures of their own time."""
