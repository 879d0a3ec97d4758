"""Names of saved images: the answer's time in UTC, templates that can do no harm, names that every system takes."""

from __future__ import annotations

import re
import unicodedata
from itertools import islice

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.core.naming import DEFAULT_TEMPLATE, MAX_STEM_BYTES, TemplateError, candidates, day_folder, safe_stem, stem
from tui.core.text import clean

CREATED = 1_699_713_836
FORBIDDEN = set('/\\:*?"<>|')
DEVICES = re.compile(r"(con|prn|aux|nul|com[1-9]|lpt[1-9])\s*(\..*)?", re.IGNORECASE)


def named(template: str = DEFAULT_TEMPLATE, model: str = "dall-e-3", prompt: str = "a red fox", job: str = "j1") -> str:
    return stem(template, model=model, created=CREATED, index=0, prompt=prompt, job=job)


def test_dall_e_images_are_named_by_the_answers_time_in_utc(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "Pacific/Auckland")
    assert named() == "DALLE-20231111_144356_0"
    assert named(model="dall-e-2") == "DALLE-20231111_144356_0"


def test_other_images_begin_with_their_model() -> None:
    assert named(model="gpt-image-2.5-flare") == "gpt-image-2.5-flare-20231111_144356_0"
    assert named(model="black-forest/flux") == "black-forest_flux-20231111_144356_0"


def test_images_of_one_answer_are_numbered() -> None:
    names = [stem(DEFAULT_TEMPLATE, model="dall-e-2", created=CREATED, index=index) for index in range(3)]
    assert [name[-2:] for name in names] == ["_0", "_1", "_2"]


@pytest.mark.parametrize(
    ("template", "name"),
    [
        ("{prompt}", "a_red_fox"),
        ("{prompt:.5}_{index}", "a_red_0"),
        ("{index:03}-{job}", "000-j1"),
        ("{created:%Y}-{created:%H.%M}", "2023-14.43"),
        ("{created:%Y/%m/%d}", "2023_11_11"),
        ("{{{index}}}", "{0}"),
        ("fixed", "fixed"),
        ("{prompt}/../../{index}", "a_red_fox_.._.._0"),
    ],
)
def test_a_template_is_filled_in(template: str, name: str) -> None:
    assert named(template) == name


@pytest.mark.parametrize(
    "template",
    [
        "{",
        "}",
        "{}",
        "{0}",
        "{title}",
        "{created.__class__}",
        "{created.__class__.__init__.__globals__}",
        "{model.__class__}",
        "{prompt[0]}",
        "{index!r}",
        "{created!s}",
        "{index:999999999}",
        "{index:>99999999999}",
        "{index:{index}}",
        "{model:{prompt}}",
        "{prompt:999999999}",
        "{prompt:.9999999999}",
        "{created:%999999999Y}",
        "{created:%}",
        "{index:x}",
        "{model:d}",
    ],
)
def test_a_template_that_reaches_further_is_refused_in_one_line(template: str) -> None:
    with pytest.raises(TemplateError) as refused:
        named(template)
    assert str(refused.value).startswith("name template ")
    assert "\n" not in str(refused.value)


@given(st.text(alphabet="{}:.![]%_0123456789acdefijlmnoprtxY \x1b\n", max_size=40))
def test_any_template_gives_a_bounded_name_or_is_refused(template: str) -> None:
    try:
        name = named(template)
    except TemplateError as error:
        assert clean(str(error)) == str(error)
    else:
        assert 0 < len(name.encode()) <= MAX_STEM_BYTES


@pytest.mark.parametrize(
    ("created", "day"),
    [(0, "1970-01-01"), (CREATED, "2023-11-11"), (-(10**9), "1970-01-01"), (10**30, "9999-12-31")],
)
def test_a_day_is_a_date_whatever_a_server_says_of_the_time(created: int, day: str) -> None:
    assert day_folder(created) == day
    assert day.replace("-", "") in stem(DEFAULT_TEMPLATE, model="m", created=created, index=0)


def assert_portable(name: str) -> None:
    assert name
    assert len(name.encode("utf-8")) <= MAX_STEM_BYTES
    assert not FORBIDDEN & set(name)
    assert clean(name) == name
    assert "\n" not in name
    assert "\t" not in name
    assert not name.startswith((".", " ", "-"))
    assert not name.endswith((".", " "))
    assert not DEVICES.fullmatch(name)
    assert not any(unicodedata.category(letter) in ("Cc", "Cs") for letter in name)


@given(st.text(st.characters(), max_size=300))
def test_any_text_becomes_a_portable_name(text: str) -> None:
    assert_portable(safe_stem(text))


@pytest.mark.parametrize(
    "text",
    [
        "",
        ".",
        "..",
        "../../etc/passwd",
        "~/.ssh",
        ".hidden",
        "-rf",
        "con",
        "CON.txt",
        "nul .x",
        "lpt9",
        "aux." + "x" * 300,
        "a\x00b",
        "a\nb",
        "\x1b]0;title\x07",
        "a\u202eexe.gnp",
        "\ud800",
        "\ud800?",
        "é" * 300,
        "👩‍❤️‍👨" * 60,
        " " * 50,
        "x" * 250 + ".",
        "a\u200b\u2066b",
    ],
)
def test_hostile_text_becomes_a_portable_name(text: str) -> None:
    assert_portable(safe_stem(text))


@given(model=st.text(max_size=80), prompt=st.text(max_size=400))
def test_hostile_models_and_prompts_give_portable_names(model: str, prompt: str) -> None:
    assert_portable(stem("{model}{prompt}", model=model, created=CREATED, index=0, prompt=prompt))
    assert_portable(stem(DEFAULT_TEMPLATE, model=model, created=CREATED, index=0, prompt=prompt))


@given(st.text(max_size=300))
def test_a_safe_name_stays_as_it_is(text: str) -> None:
    assert safe_stem(safe_stem(text)) == safe_stem(text)


def test_a_prompt_with_braces_is_not_a_template() -> None:
    assert named("{prompt}", prompt="{created.__class__} {index}") == "created___class___index"


def test_names_to_try_never_end_and_never_repeat() -> None:
    names = list(islice(candidates("DALLE-1", "png"), 50))
    assert names[:3] == ["DALLE-1.png", "DALLE-1-2.png", "DALLE-1-3.png"]
    assert len(set(names)) == 50


@pytest.mark.parametrize(
    ("kind", "extension"),
    [("png", ".png"), ("jpeg", ".jpg"), ("webp", ".webp"), ("gif", ".gif"), ("svg", ".svg"), ("unknown", ".bin")],
)
def test_the_extension_is_that_of_the_content(kind: str, extension: str) -> None:
    assert next(candidates("a", kind)) == f"a{extension}"
