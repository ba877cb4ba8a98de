from tests.show.conftest import ann, bob, busy, engine, eve, world

__all__ = ["ann", "bob", "busy", "engine", "eve", "world"]
