"""The step of signing in that asks for a code, after the password was right."""

from allauth.account.stages import LoginStage, LoginStageController
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from accoil.team.second_factor import SecondFactor


class CodeStage(LoginStage):  # type: ignore[misc]  # allauth has no types
    key = "code"
    urlname = "sign-in-code"

    def handle(self) -> tuple[HttpResponse | None, bool]:
        has_one = SecondFactor.objects.filter(user=self.login.user).exists()
        return (redirect(self.urlname), True) if has_one else (None, True)


def waiting(request: HttpRequest) -> CodeStage | None:
    """The step, while somebody stands there."""
    found: CodeStage | None = LoginStageController.enter(request, CodeStage.key)
    return found
