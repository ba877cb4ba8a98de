"""Mappings: which events count, and as what. A trigger picks events, an action makes calls of them."""

from accoil.receive.mapping.mappings import Mappings, Outcome
from accoil.receive.mapping.rules import MOST, PRESETS, Mapping, check, check_all, check_number

__all__ = ["MOST", "PRESETS", "Mapping", "Mappings", "Outcome", "check", "check_all", "check_number"]
