"""/v2/workspaces, and /v2/profiles as another name for it."""

from typing import Any

from django.http import HttpRequest
from ninja import Query, Router

from accoil.score.book import open_book
from accoil.score.models import Profile
from accoil.show.api.asked import Paging, pagination, product_of, profile_of
from accoil.show.api.errors import Wrong


def router() -> Router:
    router = Router(tags=["workspaces"])
    for name in ("workspaces", "profiles"):
        router.get(f"/{name}", operation_id=f"list_{name}")(workspaces)
        router.get(f"/{name}/{{int:workspace_id}}", operation_id=f"get_{name}")(workspace)
    return router


def workspaces(request: HttpRequest, paging: Query[Paging], expand: str = "") -> dict[str, Any]:
    """The product's profiles."""
    profiles = product_of(request).profiles.all()
    page = profiles[paging.offset : paging.offset + paging.limit]
    return {
        "data": [_shown(profile, expand) for profile in page],
        "pagination": pagination(paging, profiles.count()),
        "_expansions": ["stats"],
    }


def workspace(request: HttpRequest, workspace_id: int, expand: str = "") -> dict[str, Any]:
    return _shown(profile_of(request, workspace_id), expand) | {"_expansions": ["stats"]}


def _shown(profile: Profile, expand: str) -> dict[str, Any]:
    version = profile.current
    shown = {"id": profile.pk, "name": profile.name, "lookback_days": version.parsed.window, "version": version.number}
    if expand == "stats":
        summary = open_book(profile.product_id, version.parsed, profile.product.today()).summary()
        shown["stats"] = {"total_users": summary["users"], "total_accounts": summary["accounts"]}
    elif expand:
        raise Wrong(400, "invalid_expand", f"expand is {expand!r}; workspaces can expand: stats.")
    links = {name: f"/v2/{name}?workspace_id={profile.pk}" for name in ("users", "accounts")}
    return shown | {"_links": {"self": f"/v2/workspaces/{profile.pk}", **links}}
