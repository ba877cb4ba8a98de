"""Every run has its own data folder: no test ever touches the one of the person who runs it."""

import os
import tempfile

import django

_folder = tempfile.TemporaryDirectory(prefix="accoil-tests-")

# Settings are read from the environment when Django loads, so this must come before anything of ours is imported.
for _name in [name for name in os.environ if name.startswith("ACCOIL_")]:
    del os.environ[_name]
os.environ["ACCOIL_DATA"] = _folder.name
os.environ["DJANGO_SETTINGS_MODULE"] = "accoil.settings"
django.setup()
