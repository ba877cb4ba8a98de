"""Clients as published, unchanged, send to the real server: every event arrives, and counts once."""
