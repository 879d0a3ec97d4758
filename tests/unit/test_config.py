"""The configuration: file, environment and command line in order; a mistake is named, and stops nothing."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tui.core.config import BY_NAME, SETTINGS, Config, load
from tui.core.naming import DEFAULT_TEMPLATE
from tui.core.provider import OPENAI_BASE_URL

Load = Callable[..., Config]


@pytest.fixture
def loaded(home: Path) -> Load:
    """Load with this text in the file, this in the environment, and this from the command line."""

    def load_with(text: str | bytes = "", env: Mapping[str, str] | None = None, **overrides: Any) -> Config:
        file = home / ".config/safelight/config.toml"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(text if isinstance(text, bytes) else text.encode())
        given = {name.replace("__", "."): value for name, value in overrides.items()}
        return load({"HOME": str(home), **(env or {})}, given)

    return load_with


def test_without_a_file_everything_has_its_default(home: Path) -> None:
    config = load({"HOME": str(home)})
    assert config.problems == ()
    assert {value.source for value in config.values.values()} == {"default"}
    assert config.library == home / "Pictures/safelight"
    assert config.file == home / ".config/safelight/config.toml"
    assert config.extra_models == home / ".config/safelight/models.toml"
    assert config.get("engine.parallel") == 4
    assert config.get("engine.retries") == 2
    assert config.get("engine.deadline") == 600


def test_every_setting_has_words_of_help_and_a_default_that_it_takes(loaded: Load) -> None:
    for setting in SETTINGS:
        assert setting.help
        name, quote = setting.name, '"' if setting.kind is str else ""
        assert loaded(f"{name} = {quote}{setting.default}{quote}").problems == ()


def test_a_value_of_the_file_says_so(loaded: Load) -> None:
    config = loaded('theme = "paper"\n[engine]\nparallel = 7\ndeadline = 30\n')
    assert (config.get("theme"), config.values["theme"].source) == ("paper", "config.toml")
    assert config.get("engine.parallel") == 7
    assert config.get("engine.deadline") == 30.0
    assert isinstance(config.get("engine.deadline"), float)
    assert config.problems == ()


def test_the_environment_is_over_the_file_and_the_command_line_over_both(loaded: Load, tmp_path: Path) -> None:
    text, env = 'out = "/from/file"', {"SAFELIGHT_OUT": "/from/env"}
    sources = {}
    for name, config in {
        "file": loaded(text),
        "env": loaded(text, env),
        "line": loaded(text, env, out=str(tmp_path)),
    }.items():
        sources[name] = (str(config.library), config.values["out"].source)
    assert sources == {
        "file": ("/from/file", "config.toml"),
        "env": ("/from/env", "environment: SAFELIGHT_OUT"),
        "line": (str(tmp_path), "command line"),
    }


def test_an_empty_variable_counts_as_not_set(loaded: Load) -> None:
    assert loaded('out = "/from/file"', {"SAFELIGHT_OUT": ""}).library == Path("/from/file")


def test_the_library_may_be_written_with_a_tilde(loaded: Load, home: Path) -> None:
    assert loaded('out = "~/images"').library == home / "images"
    assert loaded('out = "~"').library == home


def test_the_home_of_somebody_else_is_not_looked_up(loaded: Load) -> None:
    assert loaded('out = "~nobody-of-that-name/x"').library.name == "x"
    assert load({"HOME": "/h", "SAFELIGHT_CONFIG": "~nobody-of-that-name/c.toml"}).file.name == "c.toml"


def test_another_file_may_be_named(loaded: Load, tmp_path: Path) -> None:
    other = tmp_path / "other.toml"
    other.write_text('theme = "mine"', encoding="utf-8")
    config = loaded('theme = "theirs"', {"SAFELIGHT_CONFIG": str(other)})
    assert (config.get("theme"), config.file, config.values["theme"].source) == ("mine", other, "other.toml")
    assert config.extra_models == tmp_path / "models.toml"


MISTAKES = {
    "no toml": ("theme = ", "theme", "can't be read and is passed over"),
    "other bytes": (b"\xff\xfe", "theme", "can't be read and is passed over"),
    "nested without end": ("x = " + "[" * 5000 + "]" * 5000, "theme", "can't be read and is passed over"),
    "a setting that there is not": ("[engine]\nparalel = 3", "engine.parallel", "there is no setting engine.paralel"),
    "a table where a setting stands": ("[theme]\nname = 'x'", "theme", "there is no setting theme.name"),
    "a setting where a table stands": ("engine = 3", "engine.parallel", "there is no setting engine"),
    "text for a number": ("[engine]\nparallel = 'four'", "engine.parallel", "must be a whole number"),
    "a fraction for a whole number": ("[engine]\nparallel = 1.5", "engine.parallel", "must be a whole number"),
    "true for a number": ("[engine]\nretries = true", "engine.retries", "must be a whole number"),
    "true for a duration": ("[engine]\ndeadline = true", "engine.deadline", "must be a number"),
    "a number for text": ("theme = 3", "theme", "must be text"),
    "too small": ("[engine]\nparallel = 0", "engine.parallel", "from 1 to 32"),
    "too large": ("[engine]\ndeadline = inf", "engine.deadline", "from 1 to 7200"),
    "not a number": ("[engine]\ndeadline = nan", "engine.deadline", "from 1 to 7200"),
    "no colour": ("[preview]\nground = '#12'", "preview.ground", "one of checker, theme, or like #161616"),
    "a word for a number": ("[preview]\nbudget_kb = 'few'", "preview.budget_kb", "must be a number, or auto"),
    "too flat": ("[preview]\ncell_aspect = 0.2", "preview.cell_aspect", "from 0.5 to 4, or auto"),
    "a style that there is not": ("[preview]\nstyle = 'oil'", "preview.style", "one of auto, blocks, half"),
    "not a choice": ("[preview]\ncolors = 'many'", "preview.colors", "one of auto, truecolor"),
    "a template that reaches too far": ("[names]\ntemplate = '{created.__class__}'", "names.template", "name template"),
    "a provider that there is not": ("provider = 'acme'", "provider", "config.toml: there is no provider acme"),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_is_named_and_the_default_holds(mistake: str, loaded: Load) -> None:
    text, name, words = MISTAKES[mistake]
    config = loaded(text)
    default = next(setting.default for setting in SETTINGS if setting.name == name)
    assert [problem for problem in config.problems if words in problem]
    assert config.get(name) == default
    assert not any("\n" in problem for problem in config.problems)


def test_how_previews_look_is_left_to_the_program_by_a_word(loaded: Load) -> None:
    names = ("style", "colors", "dither", "budget_kb", "cell_aspect", "graphics")
    config = loaded("[preview]\n" + "\n".join(f"{name} = 'auto'" for name in names))
    assert config.problems == ()
    assert {name: config.get(f"preview.{name}") for name in names} == {
        "style": "auto", "colors": "auto", "dither": "auto", "budget_kb": -1.0, "cell_aspect": 0.0, "graphics": "auto",
    }  # fmt: skip


def test_what_could_be_set_for_previews_before_can_be_set_still(loaded: Load) -> None:
    for style in ("half", "ascii", "plain"):
        config = loaded(f"[preview]\nstyle = '{style}'\ncolors = '256'\ncell_aspect = 2.0\n")
        assert config.problems == ()
        assert config.get("preview.style") == style


def test_a_ground_may_be_any_colour(loaded: Load) -> None:
    assert loaded("[preview]\nground = '#0a1B2c'").get("preview.ground") == "#0a1B2c"


def test_a_value_is_shown_as_it_is_written(loaded: Load) -> None:
    assert (BY_NAME["preview.budget_kb"].shown(-1.0), BY_NAME["preview.budget_kb"].shown(64.0)) == ("auto", 64.0)


def test_one_mistake_leaves_the_rest_of_the_file_in_force(loaded: Load) -> None:
    config = loaded('theme = "paper"\n[engine]\nparallel = 99\nretries = 0\n')
    assert (config.get("theme"), config.get("engine.parallel"), config.get("engine.retries")) == ("paper", 4, 0)
    assert len(config.problems) == 1


def test_a_mistake_on_the_command_line_is_named_and_the_file_holds(loaded: Load) -> None:
    config = loaded("[engine]\nparallel = 7", engine__parallel=100)
    assert config.get("engine.parallel") == 7
    assert config.problems == ("command line: engine.parallel must be from 1 to 32",)


def test_a_folder_in_the_place_of_the_file_is_named(home: Path) -> None:
    (home / ".config/safelight/config.toml").mkdir(parents=True)
    config = load({"HOME": str(home)})
    assert "can't be read" in config.problems[0]


def test_the_template_of_names_is_taken_when_it_can_be_filled_in(loaded: Load) -> None:
    assert loaded("[names]\ntemplate = '{prompt}_{index}'").get("names.template") == "{prompt}_{index}"
    assert loaded().get("names.template") == DEFAULT_TEMPLATE


def test_openai_is_always_a_provider_with_its_own_variables(loaded: Load) -> None:
    entry = loaded(env={"OPENAI_ORG_ID": "org-1", "OPENAI_PROJECT_ID": "proj-1"}).providers["openai"]
    assert (entry.base_url, entry.key_env) == (OPENAI_BASE_URL, "OPENAI_API_KEY")
    assert (entry.organization, entry.project) == ("org-1", "proj-1")


def test_the_base_url_of_the_environment_replaces_openais(loaded: Load) -> None:
    config = loaded(env={"OPENAI_BASE_URL": " http://localhost:8080/v1/ "})
    assert config.providers["openai"].base_url == "http://localhost:8080/v1"
    assert config.problems == ()


def test_a_base_url_that_is_none_is_named_and_openai_does_not_take_its_place(loaded: Load) -> None:
    config = loaded(env={"OPENAI_BASE_URL": "localhost:8080"})
    assert "OPENAI_BASE_URL must be an http or https address" in config.problems[0]
    assert config.providers["openai"].base_url != OPENAI_BASE_URL


def test_named_providers_come_from_the_file(loaded: Load) -> None:
    config = loaded(
        'provider = "local"\n[providers.local]\nbase_url = "http://localhost:8080/v1/"\nkey_env = "LOCAL_KEY"\n'
        'organization = "o"\nproject = "p"\n'
    )
    entry = config.providers["local"]
    assert config.problems == ()
    assert config.get("provider") == "local"
    assert (entry.base_url, entry.key_env) == ("http://localhost:8080/v1", "LOCAL_KEY")
    assert (entry.organization, entry.project) == ("o", "p")
    assert list(config.providers) == ["openai", "local"]


def test_the_sandbox_may_be_the_provider_to_start_with(loaded: Load) -> None:
    config = loaded('provider = "sandbox"')
    assert (config.get("provider"), config.problems) == ("sandbox", ())


PROVIDER_MISTAKES = {
    "no address": ("[providers.p]\nkey_env = 'K'", "base_url must be an http or https address"),
    "an address of another kind": ("[providers.p]\nbase_url = 'ftp://x/'", "base_url must be"),
    "an address without a host": ("[providers.p]\nbase_url = 'http://'", "base_url must be"),
    "a broken host": ("[providers.p]\nbase_url = 'http://[::1/v1'", "base_url must be"),
    "a port that is none": ("[providers.p]\nbase_url = 'http://x:99999/v1'", "base_url must be"),
    "an address that is no text": ("[providers.p]\nbase_url = 3", "base_url must be"),
    "no table": ("[providers]\np = 'http://x/'", "base_url must be"),
    "a key": ("[providers.p]\nbase_url = 'http://x/'\nkey = 'sk-1'", "keys do not belong in this file"),
    "an api key": ("[providers.p]\nbase_url = 'http://x/'\napi_key = 'sk-1'", "keys do not belong in this file"),
    "a variable that is no text": ("[providers.p]\nbase_url = 'http://x/'\nkey_env = 3", "must be text"),
    "the sandbox's name": ("[providers.sandbox]\nbase_url = 'http://x/'", "choose another name"),
    "a name that is a path": ("[providers.'../p']\nbase_url = 'http://x/'", "choose another name"),
}


@pytest.mark.parametrize("mistake", PROVIDER_MISTAKES)
def test_a_provider_with_a_mistake_is_named_and_passed_over(mistake: str, loaded: Load) -> None:
    text, words = PROVIDER_MISTAKES[mistake]
    config = loaded(text)
    assert list(config.providers) == ["openai"]
    assert words in config.problems[0]
    assert not any("sk-1" in problem for problem in config.problems)


def test_a_field_that_a_provider_does_not_have_is_named_without_its_value(loaded: Load) -> None:
    config = loaded("[providers.p]\nbase_url = 'http://x/'\ntoken = 'sk-1'")
    assert "p" in config.providers
    assert config.problems == ("provider p: there is no setting token",)


@pytest.mark.parametrize("table", ["providers", "keys"])
def test_a_table_that_is_none_is_named(table: str, loaded: Load) -> None:
    assert loaded(f"{table} = 3").problems == (f"config.toml: {table} must be a table",)


def test_the_keymap_comes_from_the_file(loaded: Load) -> None:
    config = loaded('[keys]\ngenerate = "ctrl+j,f9"\nquit = 3\n')
    assert config.keys == {"generate": "ctrl+j,f9"}
    assert config.problems == ("keys.quit must be text",)


def test_names_in_problems_are_cleaned(loaded: Load) -> None:
    config = loaded('"a\\u001b[31m\\u202e" = 1\n[providers."x\\u001b"]\n[keys]\n"y\\u0007" = 1\n')
    assert len(config.problems) == 3
    assert not any({"\x1b", "\u202e", "\x07"} & set(problem) for problem in config.problems)


values = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=10) | st.just([1, "x"])


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(overrides=st.dictionaries(st.sampled_from([setting.name for setting in SETTINGS]), values))
def test_whatever_is_given_loading_ends_with_values_that_settings_take(overrides: dict[str, Any], home: Path) -> None:
    config = load({"HOME": str(home)}, overrides)
    for setting in SETTINGS:
        value = config.get(setting.name)
        assert type(value) is setting.kind
        if setting.low is not None and setting.high is not None:
            assert setting.low <= value <= setting.high or value == setting.auto
