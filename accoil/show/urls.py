"""Every page. The addresses of lists carry their whole state, so that they can be sent to a colleague."""

from django.templatetags.static import static
from django.urls import include, path, register_converter
from django.views.generic import RedirectView

from accoil.show.downloads import FileKind
from accoil.show.views import (
    connect,
    dashboard,
    debugger,
    exclusion,
    imports,
    ingest_health,
    keys,
    mapping,
    mappings,
    people,
    person,
    product_settings,
    profiles,
    staging,
    start,
    style,
)

register_converter(FileKind, "file")

product = [
    path("", dashboard.dashboard, name="dashboard"),
    path("accounts", people.accounts, name="accounts"),
    path("accounts/<int:account_id>", person.account, name="account"),
    path("accounts/<int:id>/exclude", exclusion.exclude, {"kind": "account"}, name="exclude-account"),
    path("accounts/<int:id>/include", exclusion.include, {"kind": "account"}, name="include-account"),
    path("accounts.<file:suffix>", people.accounts_file, name="accounts-file"),
    path("users", people.users, name="users"),
    path("users.<file:suffix>", people.users_file, name="users-file"),
    path("users/<int:user_id>", person.user, name="user"),
    path("users/<int:id>/exclude", exclusion.exclude, {"kind": "user"}, name="exclude-user"),
    path("users/<int:id>/include", exclusion.include, {"kind": "user"}, name="include-user"),
    path("profiles", profiles.profiles, name="profiles"),
    path("profiles/new", profiles.new, name="new-profile"),
    path("profiles/preview", profiles.preview, name="preview"),
    path("profiles/<int:profile_id>", profiles.edit, name="profile"),
    path("settings", product_settings.settings_page, name="settings"),
    path("settings/time-zone", product_settings.time_zone, name="time-zone"),
    path("settings/tokens", product_settings.new_token, name="new-token"),
    path("settings/tokens/<int:token_id>/revoke", product_settings.revoke_token, name="revoke-token"),
    path("settings/keys", keys.keys, name="keys"),
    path("settings/keys/new", keys.new_key, name="new-key"),
    path("settings/keys/<int:key_id>", keys.ingest_key, name="ingest-key"),
    path("settings/keys/<int:key_id>/switch", keys.switch_key, name="switch-key"),
    path("settings/keys/<int:key_id>/rotate", keys.rotate_key, name="rotate-key"),
    path("settings/keys/<int:key_id>/delete", keys.delete_key, name="delete-key"),
    path("settings/connect", connect.connect, name="connect"),
    path("settings/staging", staging.staging, name="staging"),
    path("settings/mappings", mappings.mappings, name="mappings"),
    path("settings/mappings/new", mapping.new, name="new-mapping"),
    path("settings/mappings/try", mappings.try_them, name="try-mappings"),
    path("settings/mappings/reset", mappings.reset, name="reset-mappings"),
    path("settings/mappings/<slug:mapping_id>", mapping.edit, name="mapping"),
    path("settings/mappings/<slug:mapping_id>/do", mappings.act, name="change-mapping"),
    path("settings/import", imports.imports, name="imports"),
    path("settings/import/<slug:import_id>/stop", imports.stop, name="stop-import"),
    path("settings/import/<slug:import_id>/go-on", imports.go_on, name="go-on-import"),
    path("settings/import/<slug:import_id>/delete", imports.delete, name="delete-import"),
    path("settings/import/<slug:import_id>/errors", imports.errors, name="import-errors"),
    path("settings/debugger", debugger.debugger_page, name="debugger"),
    path("settings/ingest-health", ingest_health.health_page, name="ingest-health"),
    path("settings/ingest-health/caps", ingest_health.caps, name="caps"),
    path("settings/ingest-health/silences/<int:watched_id>", ingest_health.mute, name="mute"),
    path("start", start.start, name="start"),
]

urlpatterns = [
    # Browsers ask for it on pages that are not ours, such as a bare JSON answer.
    path("favicon.ico", RedirectView.as_view(url=static("accoil/mark.svg"), permanent=True)),
    path("", dashboard.home, name="home"),
    path("p/<int:product_id>/", include(product)),
    path("style", style.style, name="style"),
]
