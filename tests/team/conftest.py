"""Ann owns Acme (products Web and Mobile), Bob is a member there; Eve owns Evil (product Web); Stan is in no team."""

from dataclasses import dataclass

import pytest
from django.contrib.auth.hashers import make_password

from accoil.team.models import Product, Team, User
from accoil.team.roles import Role

PASSWORD = "a long walk home"


@dataclass
class World:
    ann: User
    bob: User
    eve: User
    stan: User
    web: Product
    mobile: Product
    evil_web: Product


@pytest.fixture(scope="session")
def password_hash() -> str:
    """Made once: the real hash takes its time on purpose."""
    return make_password(PASSWORD)


@pytest.fixture
def world(db, password_hash) -> World:
    def person(name: str) -> User:
        return User.objects.create(email=f"{name.lower()}@example.com", password=password_hash, name=name)

    ann, bob, eve, stan = (person(name) for name in ("Ann", "Bob", "Eve", "Stan"))
    acme, evil = Team.objects.create(name="Acme"), Team.objects.create(name="Evil")
    acme.members.create(user=ann, role=Role.OWNER)
    acme.members.create(user=bob)
    evil.members.create(user=eve, role=Role.OWNER)
    web, mobile = (acme.products.create(name=name) for name in ("Web", "Mobile"))
    return World(ann, bob, eve, stan, web, mobile, evil.products.create(name="Web"))
