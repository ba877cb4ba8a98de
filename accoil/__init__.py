"""Accoil: engagement scores that can be explained, from Segment-shaped events."""

__version__ = "0.1.0"
