"""Signing in with the provider that the operator chose: whom it names comes in, if the address is known here."""

import structlog
from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.login import perform_login
from allauth.account.models import Login
from allauth.account.stages import LoginStageController
from allauth.core.internal import ratelimit
from django.conf import settings
from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from accoil import measured
from accoil.connect import oauth
from accoil.connect.connection import ToolError, TryLater
from accoil.connect.openid import signing_in
from accoil.connect.openid.signing_in import Person
from accoil.refused import Refused
from accoil.show.views.join import joined_words, take
from accoil.show.views.product_settings import address_of
from accoil.show.views.too_often import too_often
from accoil.show.words import listed
from accoil.team import addresses, audit, invitations
from accoil.team.code_stage import CodeStage
from accoil.team.models import NAME_LENGTH, User

log = structlog.get_logger()

LASTS = 24 * 3600  # seconds: then the provider is asked again whether the person may still come in
DOWN = "{name} can't be reached just now. Try again in a minute; if it stays so, tell whoever runs this server."
NOT_TRUSTED = (
    "What {name} answered can't be trusted, so you are not signed in. Tell whoever runs this server: its log says why."
)
ENDS = "a password, codes of an app and signed-in devices of before open nothing any more"
ANEW = f"Nobody had shown yet that {{email}} is theirs. Now it is known to be yours: {ENDS}."
JOINED = "Welcome to {teams}: by signing in you joined, since {email} was invited there."


def begin(request: HttpRequest) -> HttpResponse:
    _offered()
    then = request.GET.get("next", "")
    then = then if get_adapter().is_safe_url(then) else ""
    if request.user.is_authenticated:
        return redirect(then or "home")
    if not ratelimit.consume(request, app="allauth.account", action="login", limit_get=True):
        return too_often(request)
    try:
        return redirect(signing_in.begin(request.session, back_address(request), then))
    except ToolError as problem:
        return not_asked(request, problem)


def done(request: HttpRequest) -> HttpResponse:
    """Back from the provider, with a code or with a no."""
    _offered()
    try:
        begun = oauth.finish(request.session, request.GET.get("state", ""), tool=signing_in.TOOL)
    except Refused as wrong:
        return refused(request, str(wrong), 400)
    if not request.GET.get("code"):
        log.warning("not signed in by the provider", error=request.GET.get("error", "")[:100])
        return refused(request, f"{named()} did not say who you are, so you are not signed in.", 403)
    try:
        person = signing_in.finish(begun, request.GET["code"], back_address(request))
    except ToolError as problem:
        return not_asked(request, problem)
    try:
        user = arrived(request, person)
    except Refused as stranger:
        return refused(request, str(stranger), 403)
    return sign_in(request, user, begun["then"])


def arrived(request: HttpRequest, person: Person) -> User:
    """Whose address that is here; whoever is in no team takes the invitations that wait for it. Raises Refused."""
    if not person.email:
        raise Refused(f"{named()} told no e-mail address of yours. Ask whoever runs it to add one.")
    if not person.is_verified:
        raise Refused(
            f"{named()} does not know that {person.email} is yours, so it opens nothing here. Ask whoever runs it to "
            "have the address confirmed."
        )
    with transaction.atomic():
        user = User.objects.select_for_update().filter(email=person.email).first()
        waiting = [] if user and user.teams.exists() else invitations.waiting_for(person.email)
        if user is None and not waiting:
            raise Refused(
                f"{named()} says that you are {person.email}, whom nobody has invited here. Ask an owner or a manager "
                "of your team to invite that address."
            )
        if user and not user.is_active:
            return user  # which signs nobody in
        user = user or User.objects.create_user(person.email, None, person.name[:NAME_LENGTH])
        prove(request, user)
        for each in waiting:
            take(each, user)
            audit.write([each.team], user, "join", joined_words(each, user), get_adapter().get_client_ip(request))
        if teams := [each.team.name for each in waiting]:
            messages.success(request, JOINED.format(teams=listed(teams, len(teams)), email=user.email))
    return user


def prove(request: HttpRequest, user: User) -> None:
    if addresses.prove(user):
        messages.warning(request, ANEW.format(email=user.email))
        said = f"{user.email} is confirmed by {named()}: {ENDS}."
        audit.write(user.teams.all(), user, "account_login", said, get_adapter().get_client_ip(request))


def sign_in(request: HttpRequest, user: User, then: str) -> HttpResponse:
    login = Login(user=user, email_verification="none", redirect_url=then or None, signal_kwargs={"by": named()})
    LoginStageController(request, login).set_handled(CodeStage.key)  # how many factors is the provider's to say
    answer: HttpResponse = perform_login(request, login)
    if request.user.is_authenticated:
        request.session.set_expiry(LASTS)
    return answer


def not_asked(request: HttpRequest, problem: ToolError) -> HttpResponse:
    log.warning("the provider of sign-ins was of no use", why=problem.reason, status=problem.status)
    if isinstance(problem, TryLater):
        return refused(request, DOWN.format(name=named()), 503)
    return refused(request, NOT_TRUSTED.format(name=named()), 403)


def refused(request: HttpRequest, why: str, status: int) -> HttpResponse:
    measured.sign_ins_failed.add("single sign-on")
    answer = render(request, "show/not_signed_in.html", {"why": why, "name": named()}, status=status)
    if status == 503:
        answer.headers["Retry-After"] = "60"
    return answer


def named() -> str:
    name: str = settings.OIDC_NAME
    return name


def back_address(request: HttpRequest) -> str:
    """Where the provider sends people back to; it must be one of the client's redirect addresses there."""
    return address_of(request) + reverse("openid-done")


def _offered() -> None:
    if not settings.OIDC_ISSUER:
        raise Http404("Nobody signs in by OpenID Connect here.")
