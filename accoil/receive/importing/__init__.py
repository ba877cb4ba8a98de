"""Import: files of events, groups and users, as tables or in Segment's shape, become facts like calls do.

kinds.py    which columns each type of file has, and which type a file is
files.py    opening: gzip, zstd or plain, by their first bytes
pieces.py   a megabyte at a time, cut between records; rows of CSV
rows.py     a row becomes a call
reader.py   a process of its own that reads, so that a server goes on answering
errors.py   the rows that could not be used, beside the file
imports.py  the queue: what is imported, how far it is, and where a stopped one goes on
"""

from accoil.receive.importing.imports import Imports
from accoil.receive.importing.state import Import

__all__ = ["Import", "Imports"]
