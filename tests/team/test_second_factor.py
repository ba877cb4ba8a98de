"""Codes of an app, as RFC 6238 has them, and recovery codes."""

import base64
import time

import pytest

from accoil.team.second_factor import SecondFactor, code_at, link_for, new_secret, step_of

# Appendix B of RFC 6238, SHA-1; the last six of its eight digits.
RFC = base64.b32encode(b"12345678901234567890").decode()
VECTORS = [
    (59, "287082"), (1111111109, "081804"), (1111111111, "050471"), (1234567890, "005924"), (2000000000, "279037"),
    (20000000000, "353130"),
]  # fmt: skip


@pytest.mark.parametrize(("moment", "code"), VECTORS)
def test_codes_are_those_of_the_standard(moment, code):
    assert code_at(RFC, moment // 30) == code
    assert step_of(RFC, code, moment) == moment // 30


def test_a_code_counts_half_a_minute_before_and_after_and_no_longer():
    code = code_at(RFC, 100)
    assert [step_of(RFC, code, (100 + late) * 30) for late in (-2, -1, 0, 1, 2)] == [None, 100, 100, 100, None]


@pytest.mark.parametrize("typed", ["", "12345", "١٢٣٤٥٦", "000000000", "abcdef"])
def test_what_is_no_code_is_wrong(typed):
    assert step_of(RFC, typed, 59) is None


@pytest.fixture
def factor(world) -> SecondFactor:
    return SecondFactor.objects.create(user=world.ann, secret=new_secret())


def now(factor: SecondFactor) -> str:
    return code_at(factor.secret, int(time.time()) // 30)


def test_a_code_works_once(factor):
    code = now(factor)
    assert factor.takes(f"{code[:3]} {code[3:]}")
    assert not factor.takes(code)


def test_an_older_code_does_not_work_after_a_newer_one(factor):
    here = int(time.time()) // 30
    assert factor.takes(code_at(factor.secret, here + 1)) and not factor.takes(code_at(factor.secret, here))


def test_a_recovery_code_works_once_however_it_is_typed(factor):
    first, *others = factor.new_recovery_codes()
    assert len(others) == 9
    assert factor.takes(first.upper()) and not factor.takes(first)
    assert factor.takes(others[0].replace("-", " "))


def test_neither_secret_nor_recovery_codes_can_be_read_in_the_database(factor, django_assert_num_queries):
    from django.db import connection

    codes = factor.new_recovery_codes()
    with connection.cursor() as cursor:
        cursor.execute("select secret, recovery from team_secondfactor")
        kept = str(cursor.fetchall())
    assert factor.secret not in kept
    assert not any(code.replace("-", "") in kept for code in codes)


def test_with_a_lost_secret_no_code_works(factor, settings):
    code = now(factor)
    settings.SECRET_KEY = "another one, of at least thirty-two characters"
    assert not SecondFactor.objects.get().takes(code)


def test_apps_read_the_address(world):
    link = link_for(world.ann, "ABC")
    assert link == "otpauth://totp/Accoil%3Aann%40example.com?secret=ABC&issuer=Accoil"
