"""The real command, in a process of its own, on a data folder of its own."""

import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from accoil import __version__
from tests.whole import begun

Run = Callable[..., "subprocess.CompletedProcess[str]"]

INIT = ["init", "--team", "Acme", "--product", "Web", "--email", "ann@example.com", "--json"]
FILE = "profiles:\n  - {name: Everyone, window: 7, events: {Login: 1}}\n"


@pytest.fixture
def run(tmp_path) -> Run:
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("ACCOIL_")}

    def accoil(*arguments: str, stdin: str = "", **variables: str) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            [sys.executable, "-m", "accoil", *arguments],
            env={**inherited, "ACCOIL_DATA": str(tmp_path / "data"), **variables},
            cwd=tmp_path,
            input=stdin,
            capture_output=True,
            text=True,
        )

    return accoil


@pytest.fixture
def product(tmp_path) -> dict[str, object]:
    return begun(tmp_path / "data", "Acme", "Web", "ann@example.com")


def test_init_prints_ids_and_keys_once(run):
    first = run(*INIT, "--password-env", "ANN", ANN="a long walk home")
    assert first.returncode == 0, first.stderr
    made = json.loads(first.stdout)
    assert list(made) == ["team_id", "product_id", "ingest_key", "api_token"]
    assert re.fullmatch("[0-9a-f]{32}", made["ingest_key"])
    assert made["api_token"].startswith("accoil_")

    again = run(*INIT, "--password-env", "ANN", ANN="a long walk home")
    assert again.returncode == 0
    assert json.loads(again.stdout) == {**made, "ingest_key": None, "api_token": None}

    renewed = json.loads(run(*INIT, "--new-keys").stdout)
    assert (renewed["team_id"], renewed["product_id"]) == (made["team_id"], made["product_id"])
    assert renewed["ingest_key"] not in (None, made["ingest_key"])
    assert renewed["api_token"] not in (None, made["api_token"])


def test_init_for_people(run):
    result = run(*INIT[:-1])
    assert re.search(r"^ingest_key +[0-9a-f]{32}$", result.stdout, re.MULTILINE)
    assert "set one with: accoil manage changepassword ann@example.com" in result.stderr
    assert re.search(r"^api_token +\(shown before\)$", run(*INIT[:-1]).stdout, re.MULTILINE)


def test_an_empty_password_variable_is_refused(run):
    result = run(*INIT, "--password-env", "ANN")
    assert (result.returncode, result.stdout) == (1, "")
    assert result.stderr == "ANN, named by --password-env, is empty or not set.\n"


def test_several_commands_can_meet_a_new_data_folder_at_once(run, tmp_path):
    with ThreadPoolExecutor(3) as pool:
        results = list(pool.map(lambda _: run(*INIT), range(3)))
    assert [result.returncode for result in results] == [0, 0, 0], [result.stderr for result in results]
    made = [json.loads(result.stdout) for result in results]
    assert len({(answer["team_id"], answer["product_id"]) for answer in made}) == 1
    assert len([answer for answer in made if answer["ingest_key"]]) == 1


def test_definitions_go_in_and_come_out(run, product, tmp_path):
    (tmp_path / "file.yaml").write_text(FILE)
    dry = run("apply", "file.yaml", "--dry-run")
    assert dry.stdout.splitlines()[-1] == "A dry run: nothing was changed."
    applied = run("apply", "file.yaml")
    assert applied.stdout == "+ profile Everyone (window 7, 1 event, benchmark moving_p90, exponential)\n"

    again = run("apply", "file.yaml")
    assert again.stdout == "  profile Everyone: unchanged\nNothing to change.\n"

    written = run("definitions").stdout
    assert run("apply", "-", stdin=written).stdout.endswith("Nothing to change.\n")
    heavier = run("apply", "-", stdin=written.replace("Login: 1", "Login: 2"))
    # Version 2, not 3: the file that changed nothing made none.
    assert heavier.stdout == "~ profile Everyone (version 1 → 2)\n    Login 1 → 2\n"


def test_a_refused_file_changes_nothing_and_says_why(run, product):
    result = run("apply", "-", stdin=FILE + "  - {name: Bad, events: {Login: 99}}\n")
    assert (result.returncode, result.stdout) == (1, "")
    assert result.stderr == ("Profile “Bad”: events: the weight of “Login” is 99; write a whole number from 1 to 10.\n")
    assert "profiles: []" in run("definitions").stdout


@pytest.mark.parametrize(
    ("content", "sentence"),
    [(None, "file.yaml cannot be read: No such file or directory."), (b"\xff\xfe\x00", "file.yaml is not UTF-8 text.")],
)
def test_a_file_that_cannot_be_read_is_refused(run, tmp_path, content, sentence):
    if content is not None:
        (tmp_path / "file.yaml").write_bytes(content)
    result = run("apply", "file.yaml")
    assert (result.returncode, result.stderr) == (1, sentence + "\n")


def test_a_product_has_to_be_chosen_when_there_are_several(run, product):
    run(*INIT[:4], "Mobile", *INIT[5:])
    result = run("apply", "-", stdin=FILE)
    assert result.returncode == 1
    assert "choose one with --product: “Acme/Web”, “Acme/Mobile”" in result.stderr
    assert run("apply", "-", "--product", "Mobile", stdin=FILE).returncode == 0
    assert "Everyone" in run("definitions", "--product", "Acme/Mobile").stdout
    assert "Everyone" not in run("definitions", "--product", "Web").stdout


def test_without_a_product_the_next_step_is_named(run):
    result = run("definitions")
    assert result.returncode == 1
    assert "make one with accoil init" in result.stderr


@pytest.mark.parametrize("arguments", [["frobnicate"], ["init"], ["apply"], ["serve", "--port", "x"], ["--nope"]])
def test_wrong_usage_exits_2(run, arguments):
    result = run(*arguments)
    assert result.returncode == 2
    assert "Usage: " in result.stderr


@pytest.mark.parametrize("before", [True, False])
def test_the_data_folder_can_be_named_on_either_side_of_the_command(run, tmp_path, before):
    option = ["--data", str(tmp_path / "elsewhere")]
    result = run(*option, *INIT) if before else run(*INIT, *option)
    assert result.returncode == 0
    assert (tmp_path / "elsewhere" / "app.sqlite3").exists()
    assert not (tmp_path / "data").exists()


def test_a_wrong_setting_stops_every_command_with_a_sentence(run):
    result = run("definitions", ACCOIL_DEBUG="maybe")
    assert (result.returncode, result.stderr) == (1, "ACCOIL_DEBUG is 'maybe'; write true or false.\n")


def test_a_database_that_is_none_is_refused_with_a_sentence(run, tmp_path):
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "app.sqlite3").write_text("This is no database. " * 500)
    result = run("definitions")
    assert result.returncode == 1
    assert re.fullmatch(r"The database .*app\.sqlite3 cannot be used: .*\.\n", result.stderr)


def test_the_audit_log_says_what_a_file_changed_and_no_secret_of_an_address(run, product):
    hook = "{webhook: {url: 'https://hooks.example.com/in/s3cret?key=k3y'}}"
    told = f"automations: [{{name: Tell, profile: Everyone, scope: account, when: {{new: account}}, then: [{hook}]}}]"
    applied = run("apply", "-", stdin=f"{FILE}{told}\n", ACCOIL_DEBUG="false")
    assert applied.returncode == 0 and "s3cret" in applied.stdout, applied.stderr
    code = "from accoil.team.audit import AuditLine; line = AuditLine.objects.first(); print(line.what, line.product)"
    said = run("manage", "shell", "--no-imports", "-c", code).stdout
    assert said.startswith("accoil apply -: + profile Everyone (") and "+ automation Tell" in said
    assert said.endswith(" Web\n")
    assert "s3cret" not in said and "k3y" not in said


def test_doctor_finds_a_healthy_server_healthy(run, product):
    result = run("doctor")
    assert result.returncode == 0, result.stdout
    assert {line[:4] for line in result.stdout.splitlines()} == {"ok  "}


def test_doctor_finds_what_is_wrong(run, product, tmp_path):
    (tmp_path / "data" / "secret_key").chmod(0o644)
    result = run("doctor")
    assert result.returncode == 1
    assert re.search(r"^BAD  Secret key: Others may read .*secret_key; run chmod 600 on it\.$", result.stdout, re.M)


def test_doctor_survives_a_broken_database(run, product, tmp_path):
    (tmp_path / "data" / "app.sqlite3").write_text("This is no database. " * 500)
    result = run("doctor")
    assert result.returncode == 1
    assert "BAD  Application database" in result.stdout
    assert "ok   Disk space" in result.stdout


def test_doctor_makes_no_database_beside_one_in_postgresql(run, tmp_path):
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "database").write_text("0123456789abcdef\n")
    looked = run("doctor")
    assert looked.returncode == 1
    assert "is in a PostgreSQL database; set ACCOIL_DATABASE_URL." in looked.stdout
    assert not (tmp_path / "data" / "app.sqlite3").exists()
    assert "set ACCOIL_DATABASE_URL" in run(*INIT).stderr


def test_doctor_changes_nothing(run, tmp_path):
    result = run("doctor")
    assert result.returncode == 1
    assert f"{tmp_path / 'data'} holds no server's data; name its folder with --data." in result.stdout
    assert list((tmp_path / "data").iterdir()) == []
    free = re.compile(r"^.* are free .*$", re.MULTILINE)  # others write on that disk meanwhile
    assert free.sub("", run("doctor").stdout) == free.sub("", result.stdout)


def test_manage_passes_everything_on_to_django(run):
    assert "[X] 0001_initial" in run("manage", "showmigrations", "team").stdout
    assert "--plan" in run("manage", "showmigrations", "--help").stdout


def test_no_migration_is_missing(run):
    result = run("manage", "makemigrations", "--check", "--dry-run")
    assert result.returncode == 0, result.stdout


def test_version_and_help(run):
    assert run("--version").stdout == f"accoil {__version__}\n"
    listed = run("--help").stdout
    commands = ["init", "serve", "demo", "apply", "definitions", "rebuild", "doctor", "bench", "manage"]
    assert [name for name in commands if not re.search(rf"^  {name} ", listed, re.MULTILINE)] == []


@pytest.mark.parametrize("heavy", ["django", "duckdb", "pyarrow", "rich", "yaml", "structlog"])
def test_help_imports_nothing_heavy(heavy):
    program = "import sys, accoil.cli; sys.exit(sys.argv[1] in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program, heavy]).returncode == 0


def test_help_comes_at_once(run):
    def seconds() -> float:
        begun = time.perf_counter()
        run("--help")
        return time.perf_counter() - begun

    assert min(seconds() for _ in range(3)) < 0.5


def test_every_command_is_documented():
    listed = subprocess.run([sys.executable, "-m", "accoil", "--help"], capture_output=True, text=True).stdout
    commands = re.findall(r"^  ([a-z-]+) ", listed.split("Commands:")[1], re.MULTILINE)
    page = (Path(__file__).parent.parent / "docs" / "reference" / "command-line.md").read_text()
    assert sorted(re.findall(r"^## accoil ([a-z-]+)$", page, re.MULTILINE)) == sorted(commands)


def test_a_link_for_a_new_password_is_printed_and_noted(run, product):
    made = run("reset-password", "Ann@example.com", "--without-codes")
    assert re.fullmatch(r"http://127\.0\.0\.1:8000/sign-in/password/reset/\w+-[\w-]+/\n", made.stdout), made.stderr
    unknown = run("reset-password", "kim@example.com")
    assert (unknown.returncode, unknown.stdout) == (1, "")
    assert "Nobody signs in with kim@example.com" in unknown.stderr
    asked = (
        "from accoil.team.audit import AuditLine; print([(e.action, e.what) for e in AuditLine.objects.order_by('id')])"
    )
    lines = run("manage", "shell", "--no-imports", "-c", asked).stdout
    assert "'init', 'accoil init: Web, its keys and the owner ann@example.com.'" in lines
    assert "A link to choose a new password was made for ann@example.com on the server." in lines
