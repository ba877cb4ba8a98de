"""/v2/workspaces, and /v2/profiles as another name for it."""

from typing import Annotated

from ninja import Query, Router, Schema
from pydantic import Field

from accoil.score.book import look_at
from accoil.score.models import Profile, Version
from accoil.show.api.answered import add
from accoil.show.api.asked import Asker, Paging, Row, link, named, now, pages, pagination, profile_of
from accoil.show.api.shapes import workspaces as shapes

EXPANSIONS = ["stats"]


class AskedOne(Schema):
    expand: Annotated[str, Field(description="`stats`: how many users and accounts.")] = ""


class AskedWorkspaces(AskedOne, Paging):
    pass


def put(router: Router) -> None:
    for name, shown in (("workspaces", True), ("profiles", False)):
        add(router, f"/{name}", workspaces, shapes.Workspaces, f"list_{name}", "workspaces", shown=shown)
        add(
            router,
            f"/{name}/{{int:workspace_id}}",
            workspace,
            shapes.OneWorkspace,
            f"get_{name[:-1]}",
            "workspaces",
            shown=shown,
        )


def workspaces(asker: Asker, asked: Query[AskedWorkspaces]) -> Row:
    """The product's profiles."""
    profiles = asker.product.profiles.all()
    page = profiles[asked.offset : asked.offset + asked.limit]
    total = profiles.count()
    return {
        "as_of": asker.product.today(),
        "version": None,
        "computed_at": now(),
        "data": [_shown(profile, profile.current, asked) for profile in page],
        "pagination": pagination(asked, total),
        "_expansions": EXPANSIONS,
        "_links": pages("/v2/workspaces", asked, total),
    }


def workspace(asker: Asker, workspace_id: int, asked: Query[AskedOne]) -> Row:
    """One profile."""
    profile = profile_of(asker.product, workspace_id)
    top = {"as_of": asker.product.today(), "computed_at": now(), "_expansions": EXPANSIONS}
    return top | _shown(profile, profile.current, asked)


def _shown(profile: Profile, version: Version, asked: AskedOne) -> Row:
    shown = {"id": profile.pk, "name": profile.name, "lookback_days": version.parsed.window, "version": version.number}
    if named(asked.expand, EXPANSIONS, "expand"):
        summary = look_at(profile.product_id, version.parsed, profile.product.today()).summary()
        shown["stats"] = {"total_users": summary["users"], "total_accounts": summary["accounts"]}
    links = {name: link(f"/v2/{name}", workspace_id=profile.pk) for name in ("users", "accounts", "segments")}
    return shown | {"_links": {"self": f"/v2/workspaces/{profile.pk}", **links}}
