"""The sandbox's Globus Search.

An index has entries, each under a subject. :mod:`.search_index` holds them with the types of their fields, and SQLite's
FTS5 finds words in them (:mod:`.words`). A query (:mod:`.query`) is read from a request; :mod:`.results` answers it.
"""
