"""A key comes from where it may lie and from nowhere else, and never goes where it was not meant to."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tui.core.config import Config, ProviderEntry, load
from tui.core.provider import OPENAI_BASE_URL
from tui.engine.keys import NO_KEY_NEEDED, Key, KeyRefusedError, choose, find, key_file

OPENAI = ProviderEntry("openai", OPENAI_BASE_URL, "OPENAI_API_KEY")
posix = pytest.mark.skipif(os.name != "posix", reason="modes, links and pipes are POSIX's")


@pytest.fixture
def env(home: Path) -> dict[str, str]:
    return {"HOME": str(home)}


@pytest.fixture
def file(env: dict[str, str]) -> Path:
    """Where the key file of OpenAI lies; its folder is there, the file is not."""
    path = key_file("openai", env)
    path.parent.mkdir(parents=True, mode=0o700)
    return path


def private(path: Path, content: str | bytes) -> None:
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    path.chmod(0o600)


def configured(env: dict[str, str], text: str = "") -> Config:
    path = Path(env["HOME"]) / ".config/safelight/config.toml"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    config = load(env)
    assert config.problems == ()
    return config


LOCAL = '[providers.local]\nbase_url = "http://localhost:8080/v1"\nkey_env = "LOCAL_KEY"\norganization = "o"\n'


def test_a_key_of_the_environment_is_stripped(env: dict[str, str]) -> None:
    assert find(OPENAI, {**env, "OPENAI_API_KEY": " sk-env\n"}) == Key("sk-env", "environment: OPENAI_API_KEY")


def test_without_a_key_anywhere_there_is_none(env: dict[str, str]) -> None:
    assert find(OPENAI, env) is None
    assert find(OPENAI, {**env, "OPENAI_API_KEY": "  "}) is None


def test_a_private_file_holds_a_key(env: dict[str, str], file: Path) -> None:
    private(file, "sk-file\r\n")
    assert find(OPENAI, env) == Key("sk-file", "file: ~/.config/safelight/keys/openai")


def test_the_environment_is_over_the_file(env: dict[str, str], file: Path) -> None:
    private(file, "sk-file")
    key = find(OPENAI, {**env, "OPENAI_API_KEY": "sk-env"})
    assert key is not None
    assert key.value == "sk-env"


def test_an_empty_file_is_no_key(env: dict[str, str], file: Path) -> None:
    private(file, " \n")
    assert find(OPENAI, env) is None


@posix
@pytest.mark.parametrize("mode", [0o644, 0o640, 0o604, 0o660, 0o610, 0o601])
def test_a_file_that_others_can_reach_is_refused_with_the_line_that_mends_it(
    mode: int, env: dict[str, str], file: Path
) -> None:
    private(file, "sk-file")
    file.chmod(mode)
    with pytest.raises(KeyRefusedError) as refused:
        find(OPENAI, env)
    line = str(refused.value).partition(": ")[2]
    assert line.startswith("chmod 600 ")
    subprocess.run(shlex.split(line), check=True)
    assert find(OPENAI, env) is not None


@posix
def test_the_line_that_mends_it_works_where_folders_have_blanks(tmp_path: Path) -> None:
    env = {"HOME": str(tmp_path), "XDG_CONFIG_HOME": str(tmp_path / "my settings; true")}
    file = key_file("openai", env)
    file.parent.mkdir(parents=True)
    private(file, "sk-file")
    file.chmod(0o644)
    with pytest.raises(KeyRefusedError) as refused:
        find(OPENAI, env)
    subprocess.run(["sh", "-c", str(refused.value).partition(": ")[2]], check=True)
    assert find(OPENAI, env) is not None


@posix
@pytest.mark.parametrize("there", [True, False])
def test_a_link_is_refused(there: bool, env: dict[str, str], file: Path, tmp_path: Path) -> None:
    if there:
        private(tmp_path / "key", "sk-file")
    file.symlink_to(tmp_path / "key")
    with pytest.raises(KeyRefusedError, match="is a link"):
        find(OPENAI, env)


@posix
def test_a_pipe_is_refused_and_not_waited_for(env: dict[str, str], file: Path) -> None:
    os.mkfifo(file, 0o600)
    with pytest.raises(KeyRefusedError, match="is no file"):
        find(OPENAI, env)


@posix
def test_a_folder_is_refused(env: dict[str, str], file: Path) -> None:
    file.mkdir(mode=0o700)
    with pytest.raises(KeyRefusedError, match="is no file"):
        find(OPENAI, env)


@posix
def test_refusing_leaves_no_file_open(env: dict[str, str], file: Path) -> None:
    file.mkdir(mode=0o700)
    before = len(os.listdir("/dev/fd"))
    for _ in range(5):
        with pytest.raises(KeyRefusedError):
            find(OPENAI, env)
    assert len(os.listdir("/dev/fd")) == before


def test_a_file_in_the_place_of_the_folder_is_refused(env: dict[str, str], file: Path) -> None:
    file.parent.rmdir()
    file.parent.write_text("sk-file", encoding="utf-8")
    with pytest.raises(KeyRefusedError, match="can't be read"):
        find(OPENAI, env)


@pytest.mark.parametrize(
    "content", ["sk-one\nsk-two", "sk one", "sk-“quoted”", b"\x89PNG\x00\xff", "x" * 10 + "\x1b[31m"]
)
def test_what_can_be_no_key_is_refused_without_being_shown(
    content: str | bytes, env: dict[str, str], file: Path
) -> None:
    private(file, content)
    with pytest.raises(KeyRefusedError) as refused:
        find(OPENAI, env)
    assert "file: ~/.config/safelight/keys/openai" in str(refused.value)
    assert "sk" not in str(refused.value)


def test_what_is_printed_of_a_key_is_where_it_came_from() -> None:
    assert repr(Key("sk-secret", "environment: K")) == "Key(source='environment: K')"
    assert "sk-secret" not in f"{Key('sk-secret', 'x')} {[Key('sk-secret', 'x')]}"


def test_no_key_and_no_address_mean_the_sandbox(env: dict[str, str]) -> None:
    assert choose(configured(env), env) is None


def test_the_sandbox_may_be_chosen_although_there_is_a_key(env: dict[str, str]) -> None:
    with_key = {**env, "OPENAI_API_KEY": "sk-env"}
    assert choose(configured(with_key), with_key, "sandbox") is None
    assert choose(configured(with_key, 'provider = "sandbox"'), with_key) is None


def test_a_key_means_openai(env: dict[str, str]) -> None:
    with_key = {**env, "OPENAI_API_KEY": "sk-env", "OPENAI_ORG_ID": "org"}
    provider = choose(configured(with_key), with_key)
    assert provider is not None
    assert (provider.name, provider.base_url, provider.key) == ("openai", OPENAI_BASE_URL, "sk-env")
    assert (provider.key_source, provider.organization) == ("environment: OPENAI_API_KEY", "org")


def test_an_address_of_ones_own_needs_no_key(env: dict[str, str]) -> None:
    with_address = {**env, "OPENAI_BASE_URL": "http://localhost:8080/v1"}
    provider = choose(configured(with_address), with_address)
    assert provider is not None
    assert (provider.base_url, provider.key, provider.key_source) == (
        "http://localhost:8080/v1",
        NO_KEY_NEEDED,
        "no key",
    )


@pytest.mark.parametrize("in_file", [True, False])
def test_openai_chosen_by_name_without_a_key_is_refused_with_what_to_do(in_file: bool, env: dict[str, str]) -> None:
    config = configured(env, 'provider = "openai"' if in_file else "")
    with pytest.raises(KeyRefusedError, match=r"set OPENAI_API_KEY, or put it into ~/\.config/safelight/keys/openai"):
        choose(config, env, None if in_file else "openai")


def test_a_named_provider_has_its_own_key_and_address(env: dict[str, str]) -> None:
    with_keys = {**env, "LOCAL_KEY": "local", "OPENAI_API_KEY": "sk-env"}
    provider = choose(configured(with_keys, LOCAL), with_keys, "local")
    assert provider is not None
    assert (provider.name, provider.key, provider.organization) == ("local", "local", "o")
    assert provider.host == "localhost:8080"


def test_the_key_of_openai_never_goes_to_a_named_provider(env: dict[str, str], file: Path) -> None:
    private(file, "sk-file")
    with_key = {**env, "OPENAI_API_KEY": "sk-env"}
    provider = choose(configured(with_key, LOCAL), with_key, "local")
    assert provider is not None
    assert provider.key == NO_KEY_NEEDED


def test_a_named_provider_may_have_a_key_file(env: dict[str, str], file: Path) -> None:
    private(file.with_name("local"), "local-file")
    provider = choose(configured(env, 'provider = "local"\n' + LOCAL), env)
    assert provider is not None
    assert (provider.key, provider.key_source) == ("local-file", "file: ~/.config/safelight/keys/local")


def test_a_provider_that_there_is_not_is_refused_with_those_that_there_are(env: dict[str, str]) -> None:
    with pytest.raises(LookupError, match="acme: openai, local, sandbox"):
        choose(configured(env, LOCAL), env, "acme")


KEYRING = """
import importlib
backend = importlib.import_module("{backend}")
def get_keyring():
    return backend.Keyring()
def get_password(service, name):
    return backend.Keyring().get_password(service, name)
"""
BACKEND = """
class Keyring:
    def get_password(self, service, name):
        {answer}
"""


def installed(folder: Path, backend: str, answer: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Put a keyring package with this backend where imports look first."""
    for name in [name for name in sys.modules if name.partition(".")[0] in ("keyring", "keyrings")]:
        monkeypatch.delitem(sys.modules, name)
    file = folder.joinpath(*backend.split(".")).with_suffix(".py")
    file.parent.mkdir(parents=True)
    file.write_text(BACKEND.format(answer=answer), encoding="utf-8")
    (folder / "keyring").mkdir(exist_ok=True)
    (folder / "keyring/__init__.py").write_text(KEYRING.format(backend=backend), encoding="utf-8")
    monkeypatch.syspath_prepend(folder)


@pytest.fixture
def forgotten() -> Iterator[None]:
    yield
    for name in [name for name in sys.modules if name.partition(".")[0] in ("keyring", "keyrings")]:
        del sys.modules[name]


@pytest.mark.usefixtures("forgotten")
def test_a_keyring_that_keeps_secrets_is_asked_and_named(
    env: dict[str, str], file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    private(file, "sk-file")
    installed(tmp_path, "keyring.backends.SecretService", "return f' {service}-{name}\\n'", monkeypatch)
    assert find(OPENAI, env) == Key("safelight-openai", "keyring: SecretService")
    assert find(OPENAI, {**env, "OPENAI_API_KEY": "sk-env"}) == Key("sk-env", "environment: OPENAI_API_KEY")


@pytest.mark.usefixtures("forgotten")
@pytest.mark.parametrize(
    ("backend", "answer"),
    [
        ("keyrings.alt.file", "return 'sk-plain'"),
        ("keyring.backends.null", "return 'sk-null'"),
        ("keyring.backends.SecretService", "return None"),
        ("keyring.backends.SecretService", "return '  '"),
        ("keyring.backends.SecretService", "raise RuntimeError('no desktop')"),
    ],
)
def test_a_keyring_that_has_or_keeps_no_secret_is_passed_over(
    backend: str, answer: str, env: dict[str, str], file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    private(file, "sk-file")
    installed(tmp_path, backend, answer, monkeypatch)
    assert find(OPENAI, env) == Key("sk-file", "file: ~/.config/safelight/keys/openai")
