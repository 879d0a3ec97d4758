"""The models are data: what each takes, how a person's own file adds to it, what is said of a broken one."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from tui.core.models import Catalogue, ModelDataError, Parameter, SizeRule, catalogue

SNAPSHOTS_2_5 = ("gpt-image-2.5-sunburst-2026-09-08", "gpt-image-2.5-flare-2026-09-08")
DALL_E = ("dall-e-2", "dall-e-3")
OLD = ("gpt-image-1", "gpt-image-1-mini", "gpt-image-1.5", "chatgpt-image-latest")
TWO = ("gpt-image-2", "gpt-image-2-2026-04-21")
TWO_5 = ("gpt-image-2.5-sunburst", "gpt-image-2.5-flare", *SNAPSHOTS_2_5)
TWO_6 = ("gpt-image-2.6-sunburst", "gpt-image-2.6-flare")
GPT = (*OLD, *TWO, *TWO_5, *TWO_6)

WHO = {"user", "safety_identifier"}
EVERY_GPT = WHO | {
    "size", "quality", "n", "output_format", "background", "output_compression", "moderation", "stream",
    "partial_images",
}  # fmt: skip
TAKES = {
    "dall-e-2": WHO | {"size", "quality", "n", "response_format"},
    "dall-e-3": WHO | {"size", "quality", "n", "style", "response_format"},
    **dict.fromkeys((*OLD, *TWO, *TWO_5), EVERY_GPT),
    **dict.fromkeys(
        TWO_6,
        EVERY_GPT | {"complexity", "frame_count", "frame_duration_ms", "svg_model", "svg_reasoning"},
    ),
}
OLD_SIZES = {"auto", "1024x1024", "1536x1024", "1024x1536"}
FREE = SizeRule(16, 3840, 3, 655_360, 8_294_400, 2560 * 1440)


@pytest.fixture
def shipped() -> Catalogue:
    return catalogue()


def parameter(model: str, name: str) -> Parameter:
    return catalogue().get(model).parameters[name]


def test_every_model_of_the_api_is_offered_and_no_other(shipped: Catalogue) -> None:
    assert set(shipped.names) == {*DALL_E, *GPT}


@pytest.mark.parametrize("name", TAKES)
def test_a_model_has_exactly_the_parameters_that_it_takes(name: str) -> None:
    assert set(catalogue().get(name).parameters) == TAKES[name]


@pytest.mark.parametrize("name", TAKES)
def test_a_preset_is_always_among_the_values(name: str) -> None:
    for each in catalogue().get(name).parameters.values():
        if each.values and each.default is not None:
            assert each.default in each.values, each.name


@pytest.mark.parametrize("name", [*DALL_E, *GPT])
def test_every_field_of_the_form_has_a_label_and_words_of_help(name: str) -> None:
    for each in catalogue().get(name).parameters.values():
        assert each.label
        assert each.help


@pytest.mark.parametrize(
    ("name", "sizes"),
    [
        ("dall-e-2", {"256x256", "512x512", "1024x1024"}),
        ("dall-e-3", {"1024x1024", "1792x1024", "1024x1792"}),
        *[(name, OLD_SIZES) for name in OLD],
    ],
)
def test_older_models_take_fixed_sizes(name: str, sizes: set[str]) -> None:
    assert set(parameter(name, "size").values) == sizes
    assert parameter(name, "size").free is None


@pytest.mark.parametrize("name", [*TWO, *TWO_5, *TWO_6])
def test_newer_models_take_free_sizes_within_the_published_bounds(name: str) -> None:
    assert parameter(name, "size").free == FREE
    assert set(parameter(name, "size").values) > OLD_SIZES


@pytest.mark.parametrize(
    ("names", "qualities"),
    [
        (("dall-e-2",), {"standard"}),
        (("dall-e-3",), {"standard", "hd"}),
        ((*OLD, *TWO), {"low", "medium", "high", "auto"}),
        ((*TWO_5, *TWO_6), {"low", "medium", "high", "auto", "xhigh", "max"}),
    ],
)
def test_qualities_are_those_of_the_model(names: tuple[str, ...], qualities: set[str]) -> None:
    for name in names:
        assert set(parameter(name, "quality").values) == qualities, name


@pytest.mark.parametrize("name", TAKES)
def test_ten_images_at_a_time_but_one_from_dall_e_3(name: str) -> None:
    n = parameter(name, "n")
    assert (n.kind, n.min, n.max, n.default) == ("integer", 1, 1 if name == "dall-e-3" else 10, 1)


@pytest.mark.parametrize("name", DALL_E)
def test_only_dall_e_chooses_the_form_of_its_answer(name: str) -> None:
    assert set(parameter(name, "response_format").values) == {"url", "b64_json"}
    assert set(catalogue().get(name).answers) == {"url", "b64_json"}


def test_dall_e_3_is_vivid_unless_told_otherwise() -> None:
    style = parameter("dall-e-3", "style")
    assert set(style.values) == {"vivid", "natural"}
    assert style.default == "vivid"


@pytest.mark.parametrize("name", GPT)
def test_gpt_image_models_answer_in_base64_and_share_these_bounds(name: str) -> None:
    assert catalogue().get(name).answers == ("b64_json",)
    assert set(parameter(name, "background").values) == {"transparent", "opaque", "auto"}
    assert set(parameter(name, "moderation").values) == {"auto", "low"}
    compression, partials = parameter(name, "output_compression"), parameter(name, "partial_images")
    assert (compression.kind, compression.min, compression.max) == ("integer", 0, 100)
    assert (partials.kind, partials.min, partials.max) == ("integer", 0, 3)
    assert parameter(name, "stream").kind == "flag"


@pytest.mark.parametrize("name", GPT)
def test_only_2_6_makes_gif_and_svg(name: str) -> None:
    more = {"gif", "svg"} if name in TWO_6 else set()
    assert set(parameter(name, "output_format").values) == {"png", "jpeg", "webp"} | more


@pytest.mark.parametrize("name", TWO_6)
def test_2_6_takes_complexity_and_frames(name: str) -> None:
    frames, duration = parameter(name, "frame_count"), parameter(name, "frame_duration_ms")
    assert set(parameter(name, "complexity").values) == {"low", "medium", "high"}
    assert (frames.kind, frames.min, frames.max) == ("integer", 2, 16)
    assert (duration.kind, duration.max) == ("integer", 655_350)


@pytest.mark.parametrize("name", TAKES)
def test_prompts_are_as_long_as_the_model_takes(name: str) -> None:
    assert catalogue().get(name).prompt_limit == {"dall-e-2": 1000, "dall-e-3": 4000}.get(name, 32_000)


@pytest.mark.parametrize("name", TAKES)
def test_operations_are_those_of_the_endpoints(name: str) -> None:
    expected = {"dall-e-2": {"generate", "edit", "variation"}, "dall-e-3": {"generate"}}
    assert set(catalogue().get(name).operations) == expected.get(name, {"generate", "edit"})


def test_only_dall_e_3_revises_a_prompt(shipped: Catalogue) -> None:
    assert [name for name in shipped.names if shipped.get(name).revises_prompt] == ["dall-e-3"]


def test_the_days_on_which_models_end_are_known(shipped: Catalogue) -> None:
    ends = {name: shipped.get(name).shutdown for name in shipped.names if shipped.get(name).shutdown}
    assert ends == {
        "dall-e-2": date(2026, 5, 12),
        "dall-e-3": date(2026, 5, 12),
        "gpt-image-1": date(2026, 10, 23),
        "gpt-image-1-mini": date(2026, 12, 1),
        "gpt-image-1.5": date(2026, 12, 1),
        "chatgpt-image-latest": date(2026, 12, 1),
    }


def test_a_new_form_starts_with_a_live_model_whose_price_is_known(shipped: Catalogue) -> None:
    first = shipped.get(shipped.preferred)
    assert first.preferred
    assert first.shutdown is None
    assert first.token_factors


def test_a_name_typed_by_hand_takes_every_parameter_and_presets_little(shipped: Catalogue) -> None:
    typed = shipped.get("flux-pro")
    assert typed.name == "flux-pro"
    assert not typed.known
    assert set(typed.parameters) == set().union(*TAKES.values())
    assert {each.name for each in typed.parameters.values() if each.default is not None} == {"n"}
    assert typed.token_prices is None


def extra(tmp_path: Path, text: str) -> Path:
    file = tmp_path / "models.toml"
    file.write_text(text, encoding="utf-8")
    return file


def test_a_file_that_is_not_there_adds_nothing(tmp_path: Path) -> None:
    assert catalogue(tmp_path / "models.toml").names == catalogue().names


def test_a_persons_own_file_adds_a_model_of_a_known_family(tmp_path: Path) -> None:
    own = catalogue(extra(tmp_path, '[model."gpt-image-3"]\nfamily = "gpt-image-2_6"\nprompt_limit = 64000\n'))
    assert set(own.names) == {*catalogue().names, "gpt-image-3"}
    assert own.get("gpt-image-3").prompt_limit == 64_000
    assert own.get("gpt-image-3").parameters == own.get("gpt-image-2.6-flare").parameters


def test_a_persons_own_file_changes_one_fact_and_leaves_the_others(tmp_path: Path) -> None:
    own = catalogue(extra(tmp_path, '[model."gpt-image-2"]\nshutdown = "2027-04-01"\n'))
    assert own.get("gpt-image-2").shutdown == date(2027, 4, 1)
    assert own.get("gpt-image-2").parameters == catalogue().get("gpt-image-2").parameters


def test_a_persons_own_file_brings_a_family_with_prices(tmp_path: Path) -> None:
    text = """
    [family.local]
    like = "gpt-image-2"
    parameters = ["size", "n", "seed"]
    n = { max = 50 }
    [parameter.seed]
    label = "Seed"
    kind = "integer"
    [model.painter]
    family = "local"
    """
    own = catalogue(extra(tmp_path, text)).get("painter")
    assert list(own.parameters) == ["size", "n", "seed"]
    assert own.parameters["n"].max == 50
    assert own.parameters["n"].min == 1
    assert own.token_factors == catalogue().get("gpt-image-2").token_factors


BROKEN = {
    "no toml": ("[model", "models.toml"),
    "a section that is no table": ("model = 3", "model must hold tables"),
    "an entry that is no table": ("[model]\nx = 3", "model must hold tables"),
    "a section that there is not": ("[modle.x]\nfamily = 'other'", "no section modle"),
    "a model without a family": ("[model.x]\nabout = 'y'", "model x: nothing is said of family"),
    "a family that there is not": ("[model.x]\nfamily = 'nobody'", "model x: nothing is said of nobody"),
    "a family like itself": ("[family.a]\nlike = 'b'\n[family.b]\nlike = 'a'", "like itself"),
    "a parameter that there is not": ("[model.x]\nfamily = 'other'\nparameters = ['mood']", "nothing is said of mood"),
    "a kind that there is not": ("[parameter.n]\nkind = 'number'", "the kind of n must be one of"),
    "a bound that is no number": ("[parameter.n]\nmax = '10'", "max must be a whole number"),
    "values that are no list": ("[parameter.style]\nvalues = 'vivid'", "values must be a list of texts"),
    "a price that is no number": ("[family.dall-e-2]\nimage_prices = [{size='1x1', price='much'}]", "family dall-e-2"),
    "a price that is not finite": (
        "[family.dall-e-2]\nimage_prices = [{size='1x1', price='nan'}]",
        "nan is no price",
    ),
    "a price without a size": ("[family.dall-e-2]\nimage_prices = [{price='1'}]", "nothing is said of size"),
    "a factor that is no number": ("[model.x]\nfamily = 'gpt-image-2'\ntoken_factors = {low = 'x'}", "model x"),
    "a day that is none": ("[model.x]\nfamily = 'other'\nshutdown = 'soon'", "model x"),
}


@pytest.mark.parametrize("mistake", BROKEN)
def test_a_broken_file_is_refused_with_a_sentence(mistake: str, tmp_path: Path) -> None:
    text, words = BROKEN[mistake]
    with pytest.raises(ModelDataError) as refused:
        catalogue(extra(tmp_path, text))
    assert words in str(refused.value)
    assert "models.toml" in str(refused.value)
    assert "\n" not in str(refused.value)


def test_a_file_of_other_bytes_is_refused_with_a_sentence(tmp_path: Path) -> None:
    file = tmp_path / "models.toml"
    file.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(ModelDataError, match=r"models\.toml"):
        catalogue(file)


def test_a_persons_own_data_is_fit_for_showing(tmp_path: Path) -> None:
    extra = tmp_path / "models.toml"
    extra.write_text(
        '[parameter.style]\nlabel = "\\u001b]0;owned\\u0007Sty\\u202ele"\nkind = "choice"\n'
        'values = ["\\u009bvi\\nvid"]\n'
        '[model."\\u001b[2Jmine"]\nfamily = "other"\n'
    )
    models = catalogue(extra)
    assert "[2Jmine" in models.names
    style = models.get("dall-e-3").parameters["style"]
    assert (style.label, style.values) == ("]0;ownedStyle", ("vi vid",))


@pytest.mark.parametrize("name", ["$(touch x)", "a b", "a;b", "", "-a", "a\\u001b", "ä", "a.b", "1"])
def test_a_parameter_that_could_be_no_option_is_refused(name: str, tmp_path: Path) -> None:
    extra = tmp_path / "models.toml"
    extra.write_text(f'[parameter."{name}"]\nlabel = "x"\nkind = "text"\n')
    with pytest.raises(ModelDataError, match="letters, digits and _ only"):
        catalogue(extra)
