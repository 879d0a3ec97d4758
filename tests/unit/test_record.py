"""A record goes to JSON and back unchanged, joins with another, and refuses what is none."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.core.record import VERSION, Origin, Record

ORIGIN = Origin(
    job="j1",
    index=0,
    provider="sandbox",
    model="dall-e-3",
    operation="generate",
    prompt="a red fox",
    parameters={"n": 1, "size": "1024x1024", "stream": True},
    created=1_699_713_836,
    path="2023-11-11/DALLE-20231111_144356_0.png",
    revised_prompt="a red fox in the snow",
    request_id="req_1",
    cost=0.04,
    estimate=0.04,
)
RECORD = Record(sha256="ab" * 32, bytes=1234, format="png", width=1024, height=768, origins=(ORIGIN,))


def stored(record: Record) -> Any:
    return json.loads(json.dumps(record.to_json()))


def test_a_record_comes_back_from_json_as_it_was() -> None:
    assert Record.from_json(stored(RECORD)) == RECORD


def test_the_json_says_which_version_it_is() -> None:
    assert stored(RECORD)["version"] == VERSION


numbers = st.integers(-(2**60), 2**60)
words = st.text(max_size=20)
origins = st.builds(
    Origin,
    job=words,
    index=numbers,
    provider=words,
    model=words,
    operation=words,
    prompt=words,
    parameters=st.dictionaries(words, words | numbers | st.booleans(), max_size=3),
    created=numbers,
    path=words,
    revised_prompt=st.none() | words,
    request_id=st.none() | words,
    cost=st.none() | st.floats(allow_nan=False, allow_infinity=False),
    estimate=st.none() | st.floats(allow_nan=False, allow_infinity=False),
)
records = st.builds(
    Record,
    sha256=st.just("a" * 64),
    bytes=numbers,
    format=words,
    width=numbers,
    height=numbers,
    origins=st.lists(origins, max_size=3).map(tuple),
)


@given(records)
def test_any_record_comes_back_from_json_as_it_was(record: Record) -> None:
    assert Record.from_json(stored(record)) == record


@given(records, records)
def test_joining_keeps_every_job_and_index_once(one: Record, other: Record) -> None:
    joined = one.joined(other)
    keys = [(origin.job, origin.index) for origin in joined.origins]
    assert len(keys) == len(set(keys))
    assert set(keys) == {(origin.job, origin.index) for origin in (*one.origins, *other.origins)}
    assert joined.joined(other) == joined


def test_joining_the_same_job_again_adds_nothing() -> None:
    assert RECORD.joined(RECORD) == RECORD


def test_the_same_bytes_from_another_job_are_one_record_with_two_origins() -> None:
    later = replace(ORIGIN, job="j2", created=ORIGIN.created + 60)
    joined = RECORD.joined(replace(RECORD, origins=(later,)))
    assert joined.origins == (ORIGIN, later)
    assert joined.newest == later


def test_records_of_different_images_do_not_join() -> None:
    with pytest.raises(ValueError, match="different images"):
        RECORD.joined(replace(RECORD, sha256="cd" * 32))


def test_an_image_without_an_origin_has_no_newest() -> None:
    assert replace(RECORD, origins=()).newest is None


def test_fields_of_a_later_version_are_passed_over() -> None:
    data = stored(RECORD)
    data["version"] = 99
    data["mood"] = {"new": True}
    data["origins"][0]["seed"] = 7
    assert Record.from_json(data) == RECORD


def test_facts_that_an_earlier_version_did_not_have_take_their_defaults() -> None:
    data = stored(RECORD)
    del data["origins"][0]["request_id"]
    restored = Record.from_json(data).newest
    assert restored is not None
    assert restored.request_id is None


@pytest.mark.parametrize("data", [None, 3, "record", [], ["sha256"], {}, {"sha256": "a"}, {"origins": 3}])
def test_what_is_no_record_is_refused(data: Any) -> None:
    with pytest.raises(ValueError, match="not a record"):
        Record.from_json(data)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("sha256", 7),
        ("bytes", "1"),
        ("bytes", True),
        ("width", None),
        ("height", 1.5),
        ("format", ["png"]),
        ("origins", [3]),
    ],
)
def test_a_record_with_a_field_of_another_type_is_refused(field: str, value: Any) -> None:
    with pytest.raises(ValueError, match="not a record"):
        Record.from_json({**stored(RECORD), field: value})


@pytest.mark.parametrize(
    ("field", "value"),
    [("created", "now"), ("index", None), ("prompt", 3), ("parameters", []), ("cost", float("nan")), ("path", ["a"])],
)
def test_an_origin_with_a_field_of_another_type_is_refused(field: str, value: Any) -> None:
    data = stored(RECORD)
    data["origins"][0][field] = value
    with pytest.raises(ValueError, match="not a record"):
        Record.from_json(data)


def test_a_record_never_has_the_persons_own_identifiers() -> None:
    assert not {"user", "safety_identifier", "host", "url", "key"} & set(Origin.__dataclass_fields__)
