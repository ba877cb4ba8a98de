"""What is said where signing in was tried too often; ACCOUNT_RATE_LIMITS says how often that is."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from accoil import measured

A_MINUTE, AN_HOUR = 60, 3600  # seconds
WAIT = {"account_reset_password": AN_HOUR}  # by the name of the address; a minute for all others


def too_often(request: HttpRequest) -> HttpResponse:
    measured.sign_ins_failed.add("too often")
    match = request.resolver_match
    seconds = WAIT.get(match.url_name or "", A_MINUTE) if match else A_MINUTE
    values = {"wait": "an hour" if seconds == AN_HOUR else "a minute"}
    answer = render(request, "429.html", values, status=429)
    answer.headers["Retry-After"] = str(seconds)
    return answer
