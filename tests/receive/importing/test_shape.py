"""Files are known by what they hold, and those of a wrong shape are refused as a whole."""

import re

import pytest

from accoil.receive.importing.files import File
from accoil.receive.importing.shape import look
from accoil.refused import Refused
from tests.receive.importing import past


@pytest.mark.parametrize(
    ("first", "kind"),
    [
        ("type,name,timestamp,user_id", "events"),
        ("user_id,timestamp,name", "events"),
        (" User_ID ,TIMESTAMP,name", "events"),
        ("user_id;timestamp;name", "events"),
        ("user_id\ttimestamp\tname\r", "events"),
        ('"user_id","timestamp","name"', "events"),
        ("\ufeffgroup_id,user_id,timestamp,traits", "groups"),
        ("group_id,timestamp", "groups"),
        ("traits,user_id,timestamp", "users"),
        ("line,reason,user_id,timestamp,traits", "users"),
        ('{"name":"a","user_id":"b","timestamp":"c"}', "events"),
        ('\ufeff{"group_id":"b","timestamp":"c"}', "groups"),
        ('{"user_id":"b","timestamp":"c"}', "users"),
        ('{"user_id":"b","type":"page_view"}', "events"),
        ('{"type":"track","event":"a","userId":"b"}', "segment"),
        ('{"type":"page","anonymousId":"b","name":"x"}', "segment"),
        ('\n{broken\n{"messageId":"m","type":"track"}', "segment"),
    ],
)
def test_the_first_line_tells_the_type(tmp_path, first, kind):
    path = tmp_path / "file"
    path.write_text(first + "\n", newline="")
    assert look(path).kind == kind


@pytest.mark.parametrize(
    ("content", "kind", "sentence"),
    [
        ("name,timestamp,user_id,colour,size\n", None, "columns that events do not have: `colour`, `size`.*known are"),
        ("name,timestamp\n", "events", "lacks `user_id`"),
        ("user_id,timestamp,traits,group_id\n", "users", "users do not have: `group_id`"),
        ("user_id,traits\n", None, "lacks `timestamp`"),
        ("user_id,timestamp,user_id\n", None, "has `user_id` more than once"),
        ("track,Report,2025-01-01,ann\n", None, "its first line names `track`"),
        ("user_id,timestamp\n", "segment", "Segment's shape comes as JSON lines"),
        ("name,timestamp,user_id\rx,2025-01-01,u\r", None, "carriage return alone"),
        ("", None, "is empty"),
        ("\n \n", None, "is empty"),
        ("[\n  1\n]\n", None, "one JSON object on each line"),
        ('{"colour":1}\n', None, "say it with --type"),
        ('{"user_id":"u","timestamp":"t","colour":1}\n', None, "users do not have: `colour`"),
        (b"PK\x03\x04....", None, "zip archive or an Excel sheet"),
        (b"PAR1....", None, "Parquet"),
        (b"\xff\xfen\x00", None, "UTF-16"),
        (past.zstd(b"name,timestamp,user_id\n" * 500)[:30], None, "damaged or cut short"),
    ],
)
def test_a_file_of_a_wrong_shape_is_refused_with_a_sentence(tmp_path, content, kind, sentence):
    path = tmp_path / "file.csv"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    with pytest.raises(Refused) as refused:
        look(path, kind)
    assert re.search(sentence, str(refused.value)), refused.value
    assert str(refused.value).endswith(".")


def test_what_is_no_file_is_refused(tmp_path):
    with pytest.raises(Refused, match="is not there"):
        look(tmp_path / "nothing")
    with pytest.raises(Refused, match="is no file"):
        look(tmp_path)


@pytest.mark.parametrize("packing", past.PACKINGS)
def test_a_packing_is_known_by_its_bytes_and_may_come_in_parts(tmp_path, packing):
    plain = past.as_csv(past.rows(30_000))
    path = tmp_path / "file.misleading.zip"
    path.write_bytes(past.PACKINGS[packing](plain[:100_000]) + past.PACKINGS[packing](plain[100_000:]))
    file = File(path)
    file.go_to(99_000)
    assert b"".join(iter(lambda: file.read(50_000), b"")) == plain[99_000:]
    assert file.done == file.size
    file.close()


def test_frames_that_parallel_compressors_put_in_are_skipped(tmp_path):
    path = tmp_path / "file"
    path.write_bytes(b"\x50\x2a\x4d\x18\x04\0\0\0abcd" + past.zstd(b"user_id,timestamp\n"))
    assert look(path).kind == "users"
