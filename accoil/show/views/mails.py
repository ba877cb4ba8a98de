"""The link in a mail: whoever follows it says whether they want such mails, without signing in."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.csrf import csrf_exempt

from accoil.connect.muted import Link


@csrf_exempt  # mail programs press it by themselves (RFC 8058): the link is proof enough
def mails(request: HttpRequest, secret: str) -> HttpResponse:
    link = Link.read(secret)
    if link is None:
        raise Http404("There is no such link.")
    if request.method == "POST":
        (link.want if request.POST.get("do") == "want" else link.mute)()
    return render(request, "show/mails.html", {"link": link, "said": request.method == "POST"})
