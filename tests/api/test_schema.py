"""Questions made up from the OpenAPI document: whatever is asked, no 5xx, and every answer fits its schema."""

import os
from importlib import import_module
from pkgutil import iter_modules

import pytest
import schemathesis
from django.core.wsgi import get_wsgi_application
from django.db import connection
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from ninja import Schema
from schemathesis import checks
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi import checks as openapi_checks

from accoil.show.api import access, api, shapes

FEW, MANY = 8, int(os.environ.get("API_QUESTIONS", "1000"))  # questions per operation
CHECKS = [
    checks.not_a_server_error,
    openapi_checks.status_code_conformance,
    openapi_checks.content_type_conformance,
    openapi_checks.response_schema_conformance,
]
OPERATIONS = [
    (method, path)
    for path, methods in api.get_openapi_schema(path_prefix="api/")["paths"].items()
    for method in methods
]


def test_no_two_shapes_share_a_name():
    """They would be one in the document."""
    modules = [import_module(f"{shapes.__name__}.{found.name}") for found in iter_modules(shapes.__path__)]
    named = [shape for module in modules for shape in vars(module).values()]
    every = [shape for shape in named if isinstance(shape, type) and issubclass(shape, Schema)]
    every += [inner for shape in every for inner in vars(shape).values() if isinstance(inner, type)]
    own = {shape for shape in every if issubclass(shape, Schema) and shape.__module__.startswith(shapes.__name__)}
    assert len({shape.__name__ for shape in own}) == len(own) > 20


@pytest.fixture
def document(ask, monkeypatch):
    monkeypatch.setattr(access, "MOST_A_MINUTE", 10**9)
    # Else the first answer would close the connection whose transaction the test lives in.
    monkeypatch.setattr(connection, "close_if_unusable_or_obsolete", lambda: None)
    return schemathesis.openapi.from_wsgi("/api/openapi.json", get_wsgi_application())


def ask_all(ask, document, method: str, path: str, many: int, derandomize: bool) -> None:
    operation = document[path][method]
    known = {
        "workspace_id": ask.profile.pk,
        "account_id": ask.one("accounts", "acme")["id"],
        "user_id": ask.one("users", "ann")["id"],
    }
    # Sometimes what nobody has: most questions should get past the first look, though.
    positive, negative = (operation.as_strategy(generation_mode=mode) for mode in GenerationMode)

    @settings(
        max_examples=many, deadline=None, derandomize=derandomize, database=None, phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(case=positive | negative, real=st.integers(0, 3))
    def asked(case, real):
        for part in (case.path_parameters, case.query):
            for name in known if real else ():
                if name in (part or {}):
                    part[name] = known[name]
        case.headers = {**(case.headers or {}), "Authorization": f"Bearer {ask.token}"}
        case.call_and_validate(checks=CHECKS)

    asked()


@pytest.mark.parametrize(("method", "path"), OPERATIONS)
def test_every_answer_fits_the_document(ask, document, method, path):
    ask_all(ask, document, method, path, FEW, derandomize=True)


@pytest.mark.soak
@pytest.mark.parametrize(("method", "path"), OPERATIONS)
def test_every_answer_of_many_fits_the_document(ask, document, method, path):
    ask_all(ask, document, method, path, MANY, derandomize=False)
