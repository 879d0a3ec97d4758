"""The engine does what the configuration says."""

from __future__ import annotations

from pathlib import Path

from tui.core import config
from tui.engine.job import Settings
from tui.engine.settings import from_config


def test_the_engine_takes_its_settings_from_the_configuration(tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    file.write_text(f"""out = "{tmp_path}"
        [engine]
        parallel = 7
        retries = 0
        deadline = 90
        [names]
        template = "{{index}}"
    """)
    read = config.load({"HOME": str(tmp_path), "SAFELIGHT_CONFIG": str(file)})
    assert read.problems == ()
    assert from_config(read) == Settings(out=tmp_path, parallel=7, retries=0, deadline=90, template="{index}")


def test_what_is_not_configured_is_as_the_engine_has_it(tmp_path: Path) -> None:
    env = {"HOME": str(tmp_path), "SAFELIGHT_OUT": str(tmp_path)}
    assert from_config(config.load(env)) == Settings(out=tmp_path)
