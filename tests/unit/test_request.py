"""A request is checked in words before it is sent, and its body holds what was set and nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.core.models import catalogue
from tui.core.request import Request, Value, body, experimental_size, parse_size, problems

NEW = "gpt-image-2.6-flare"
FREE = "gpt-image-2.5-flare"


def found(model: str = FREE, prompt: str = "a fox", operation: str = "generate", **parameters: Value) -> dict[str, str]:
    """The problems of a request, by field."""
    request = Request(prompt, model, operation, parameters)
    return {problem.field: problem.text for problem in problems(request, catalogue().get(model))}


@pytest.mark.parametrize("model", catalogue().names)
def test_a_prompt_alone_may_be_sent_to_every_model(model: str) -> None:
    assert found(model) == {}


@pytest.mark.parametrize("model", catalogue().names)
def test_what_a_new_form_presets_may_be_sent(model: str) -> None:
    presets = {
        each.name: each.default for each in catalogue().get(model).parameters.values() if each.default is not None
    }
    assert found(model, **presets) == {}


@pytest.mark.parametrize("model", catalogue().names)
def test_every_value_that_the_form_offers_is_taken(model: str) -> None:
    for each in catalogue().get(model).parameters.values():
        for value in each.values:
            assert each.name not in found(model, **{each.name: value}) or value in ("gif", "svg") or "svg" in each.name


@pytest.mark.parametrize("prompt", ["", "   \n\t "])
def test_an_empty_prompt_is_told_beside_its_field(prompt: str) -> None:
    assert "prompt" in found(prompt=prompt)


def test_a_variation_needs_no_prompt() -> None:
    assert found("dall-e-2", prompt="", operation="variation") == {}


@pytest.mark.parametrize(("model", "limit"), [("dall-e-2", 1000), ("dall-e-3", 4000), (FREE, 32_000), ("own", 32_000)])
def test_a_prompt_may_be_as_long_as_the_model_takes_and_no_longer(model: str, limit: int) -> None:
    assert found(model, prompt="x" * limit) == {}
    assert "7 over" in found(model, prompt="x" * (limit + 7))["prompt"]


def test_length_counts_characters_and_not_bytes() -> None:
    assert found("dall-e-2", prompt="狐" * 1000) == {}


def test_a_model_must_be_named() -> None:
    assert "model" in found(model=" ")


@pytest.mark.parametrize(
    ("model", "operation", "taken"),
    [
        ("dall-e-3", "edit", False),
        ("dall-e-3", "variation", False),
        (FREE, "variation", False),
        (FREE, "edit", True),
        ("dall-e-2", "variation", True),
        ("own", "variation", True),
    ],
)
def test_an_operation_that_the_model_lacks_is_told(model: str, operation: str, taken: bool) -> None:
    assert ("model" not in found(model, operation=operation)) is taken


@pytest.mark.parametrize(
    ("model", "name", "value"),
    [
        ("dall-e-2", "style", "vivid"),
        ("dall-e-2", "background", "opaque"),
        ("dall-e-3", "output_format", "png"),
        ("dall-e-3", "stream", True),
        ("gpt-image-1", "response_format", "b64_json"),
        (FREE, "style", "vivid"),
        (FREE, "complexity", "low"),
        (FREE, "frame_count", 4),
        (NEW, "seed", 1),
    ],
)
def test_a_parameter_that_the_model_does_not_take_is_told(model: str, name: str, value: Value) -> None:
    assert "does not take" in found(model, **{name: value})[name]


@pytest.mark.parametrize(
    ("model", "name", "value"),
    [
        ("dall-e-2", "quality", "hd"),
        ("dall-e-3", "quality", "high"),
        ("dall-e-3", "style", "loud"),
        ("dall-e-3", "response_format", "json"),
        ("gpt-image-2", "quality", "max"),
        (FREE, "output_format", "gif"),
        (FREE, "background", "green"),
        (FREE, "moderation", "high"),
        (NEW, "complexity", "extreme"),
        (NEW, "output_format", "bmp"),
        (FREE, "quality", 3),
    ],
)
def test_a_value_that_the_model_does_not_take_is_told(model: str, name: str, value: Value) -> None:
    assert name in found(model, **{name: value})


@pytest.mark.parametrize(
    ("model", "name", "low", "high"),
    [
        ("dall-e-2", "n", 1, 10),
        ("dall-e-3", "n", 1, 1),
        (FREE, "n", 1, 10),
        (FREE, "output_compression", 0, 100),
        (FREE, "partial_images", 0, 3),
        (NEW, "frame_count", 2, 16),
    ],
)
def test_numbers_keep_within_their_bounds(model: str, name: str, low: int, high: int) -> None:
    fitting: dict[str, dict[str, Value]] = {
        "output_compression": {"output_format": "webp"},
        "partial_images": {"stream": True},
        "frame_count": {"output_format": "gif"},
    }
    others = fitting.get(name, {})
    for inside in (low, high):
        assert found(model, **{name: inside}, **others) == {}
    for outside in (low - 1, high + 1, -(10**30)):
        assert name in found(model, **{name: outside}, **others)


def test_where_one_value_is_left_the_problem_says_so() -> None:
    assert found("dall-e-3", n=2) == {"n": "1 is the only value"}


@pytest.mark.parametrize("value", ["2", True, 1.5])
def test_a_number_must_be_a_whole_number(value: Value) -> None:
    assert found(n=value) == {"n": "a whole number"}


def test_a_flag_is_on_or_off() -> None:
    assert found(stream="yes") == {"stream": "on or off"}


@pytest.mark.parametrize(
    "size",
    ["1024x1024", "1536x864", "3840x2160", "2160x3840", "3840x1280", "1280x3840", "1024x640", "2880x2880", "auto"],
)
def test_free_sizes_within_the_rules_are_taken(size: str) -> None:
    assert found(size=size) == {}


@pytest.mark.parametrize(
    ("size", "words"),
    [
        ("1000x1000", "multiples of 16"),
        ("1024x1000", "multiples of 16"),
        ("3856x2160", "no edge over 3840"),
        ("2048x672", "no longer than 3:1"),
        ("672x2048", "no longer than 3:1"),
        ("1024x624", "at least 655,360"),
        ("3840x2176", "at most 8,294,400"),
        ("0x0", "WIDTHxHEIGHT"),
        ("16x0", "WIDTHxHEIGHT"),
        ("", "WIDTHxHEIGHT"),
        ("1024", "WIDTHxHEIGHT"),
        ("1024 x 1024", "WIDTHxHEIGHT"),
        ("1024x1024\n", "WIDTHxHEIGHT"),
        ("-16x16", "WIDTHxHEIGHT"),
        ("١٠٢٤x١٠٢٤", "WIDTHxHEIGHT"),
        ("9999999x9999999", "WIDTHxHEIGHT"),
    ],
)
def test_free_sizes_outside_the_rules_are_told(size: str, words: str) -> None:
    assert words in found(size=size)["size"]


@given(width=st.integers(1, 300), height=st.integers(1, 300))
def test_a_free_size_is_taken_exactly_when_every_rule_holds(width: int, height: int) -> None:
    width, height = width * 16, height * 16
    fits = (
        max(width, height) <= 3840
        and max(width, height) <= 3 * min(width, height)
        and 655_360 <= width * height <= 8_294_400
    )
    assert (found(size=f"{width}x{height}") == {}) is fits


@pytest.mark.parametrize(
    ("model", "size"), [("dall-e-2", "1792x1024"), ("dall-e-3", "512x512"), ("gpt-image-1", "1536x864")]
)
def test_a_size_that_is_not_one_of_the_fixed_ones_is_told_with_the_others(model: str, size: str) -> None:
    assert found(model, size=size)["size"].startswith("one of ")


def test_large_sizes_are_allowed_and_called_experimental() -> None:
    size = catalogue().get(FREE).parameters["size"]
    assert not experimental_size(size, "2560x1440")
    assert experimental_size(size, "2576x1440")
    assert not experimental_size(size, "auto")
    assert not experimental_size(size, None)


@given(st.text())
def test_any_text_may_stand_where_a_size_is_asked(text: str) -> None:
    edges = parse_size(text)
    assert edges is None or text == f"{text.partition('x')[0]}x{text.partition('x')[2]}"


COMBINATIONS: list[tuple[str, dict[str, Value], str | None]] = [
    ("transparent with jpeg", {"background": "transparent", "output_format": "jpeg"}, "background"),
    ("transparent with gif", {"background": "transparent", "output_format": "gif"}, "background"),
    ("transparent with png", {"background": "transparent", "output_format": "png"}, None),
    ("transparent with webp", {"background": "transparent", "output_format": "webp"}, None),
    ("transparent alone, as png is preset", {"background": "transparent"}, None),
    ("opaque with jpeg", {"background": "opaque", "output_format": "jpeg"}, None),
    ("compression with png", {"output_compression": 50, "output_format": "png"}, "output_compression"),
    ("compression alone, as png is preset", {"output_compression": 50}, "output_compression"),
    ("compression with gif", {"output_compression": 50, "output_format": "gif"}, "output_compression"),
    ("compression with svg", {"output_compression": 50, "output_format": "svg"}, "output_compression"),
    ("compression with jpeg", {"output_compression": 50, "output_format": "jpeg"}, None),
    ("compression with webp", {"output_compression": 0, "output_format": "webp"}, None),
    ("partials without stream", {"partial_images": 2}, "partial_images"),
    ("partials with stream off", {"partial_images": 2, "stream": False}, "partial_images"),
    ("partials with stream", {"partial_images": 2, "stream": True}, None),
    ("gif streamed", {"output_format": "gif", "stream": True}, "stream"),
    ("gif with partials", {"output_format": "gif", "partial_images": 1}, "partial_images"),
    ("svg streamed", {"output_format": "svg", "stream": True}, "stream"),
    ("svg with partials", {"output_format": "svg", "partial_images": 1}, "partial_images"),
    ("svg, two", {"output_format": "svg", "n": 2}, "n"),
    ("svg, one", {"output_format": "svg", "n": 1}, None),
    ("gif, two", {"output_format": "gif", "n": 2}, None),
    ("frames of a png", {"frame_count": 4}, "frame_count"),
    ("frame time of a webp", {"frame_duration_ms": 100, "output_format": "webp"}, "frame_duration_ms"),
    ("frames of a gif", {"frame_count": 4, "frame_duration_ms": 100, "output_format": "gif"}, None),
    ("svg author of a png", {"svg_model": "gpt-6"}, "svg_model"),
    ("svg author", {"svg_model": "gpt-6", "output_format": "svg"}, None),
    ("svg effort without an author", {"svg_reasoning": "low", "output_format": "svg"}, "svg_model"),
    ("svg author and effort", {"svg_reasoning": "low", "svg_model": "gpt-6", "output_format": "svg"}, None),
]


@pytest.mark.parametrize(
    ("parameters", "field"), [row[1:] for row in COMBINATIONS], ids=[row[0] for row in COMBINATIONS]
)
def test_what_does_not_go_together_is_told(parameters: dict[str, Value], field: str | None) -> None:
    assert set(found(NEW, **parameters)) == ({field} if field else set())


def test_a_gif_takes_no_mask() -> None:
    request = Request("a fox", NEW, "edit", {"output_format": "gif"}, (Path("a.png"),), Path("mask.png"))
    assert [problem.field for problem in problems(request, catalogue().get(NEW))] == ["mask"]


def test_of_a_model_typed_by_hand_only_the_kinds_of_values_are_checked() -> None:
    odd: dict[str, Value] = {"quality": "ultra", "size": "16:9", "n": 40, "style": "anime", "output_format": "avif"}
    assert found("own", **odd) == {}
    assert found("own", n="many", stream="yes", size=3) == {
        "n": "a whole number",
        "stream": "on or off",
        "size": "text",
    }


@given(
    st.dictionaries(
        st.sampled_from(sorted(catalogue().get("own").parameters)),
        st.one_of(st.text(max_size=20), st.integers(), st.booleans()),
    ),
    st.sampled_from([*catalogue().names, "own"]),
)
def test_checking_never_raises_whatever_was_typed(parameters: dict[str, Value], model: str) -> None:
    found(model, **parameters)


def test_a_body_holds_what_was_set_and_nothing_else() -> None:
    assert body(Request("a fox", FREE)) == {"model": FREE, "prompt": "a fox"}
    request = Request("a fox", FREE, parameters={"n": 2, "size": "1536x864", "stream": True, "partial_images": 2})
    assert body(request) == {
        "model": FREE,
        "prompt": "a fox",
        "n": 2,
        "size": "1536x864",
        "stream": True,
        "partial_images": 2,
    }


def test_a_body_does_not_say_that_it_is_not_streamed() -> None:
    assert "stream" not in body(Request("a fox", FREE, parameters={"stream": False}))


def test_a_body_has_both_identifiers_when_both_are_filled_in() -> None:
    sent = body(Request("a fox", FREE, parameters={"user": "u", "safety_identifier": "s"}))
    assert (sent["user"], sent["safety_identifier"]) == ("u", "s")


def test_a_body_has_the_svg_author_as_the_api_nests_it() -> None:
    parameters: dict[str, Value] = {"output_format": "svg", "svg_model": "gpt-6", "svg_reasoning": "high"}
    assert body(Request("a fox", NEW, parameters=parameters)) == {
        "model": NEW,
        "prompt": "a fox",
        "output_format": "svg",
        "svg": {"model": "gpt-6", "reasoning": {"effort": "high"}},
    }


@pytest.mark.parametrize(("n", "count"), [(1, 1), (10, 10), (0, 1), (-3, 1), ("many", 1), (True, 1)])
def test_the_count_of_images_is_at_least_one(n: Value, count: int) -> None:
    assert Request("a fox", FREE, parameters={"n": n}).count == count
    assert Request("a fox", FREE).count == 1
