"""The app: wires engine, library, renderer and screens; picks the theme and the keymap."""

from __future__ import annotations

import gc
import importlib
import logging
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from textual import on, work
from textual.filter import LineFilter
from textual.screen import Screen
from textual.theme import Theme
from textual.worker import Worker, WorkerState

from tui.core import paths
from tui.core.config import Config
from tui.core.models import ModelDataError, catalogue
from tui.core.provider import SANDBOX, Provider
from tui.core.signals import SIGNALLED
from tui.core.text import clean_line
from tui.ui import themes
from tui.ui.commands import COMMANDS, bindings
from tui.ui.looks import Looks
from tui.ui.memory import Memory
from tui.ui.net import Net
from tui.ui.previewer import Previewer
from tui.ui.recovery import Recovering
from tui.ui.screens.create import CreateScreen
from tui.ui.session import Session
from tui.ui.shelf import Shelf

if TYPE_CHECKING:
    from tui.sandbox.process import SandboxProcess

# Seconds that the sandbox takes for an image, so that it can be watched while it develops.
SANDBOX_PACE = 1.2
SHEETS = Path(__file__).with_name("ui") / "styles"
logger = logging.getLogger(__name__)


class SafelightApp(Looks, Recovering):
    """One window, several places. What is slow starts after the first frame, in workers."""

    TITLE = "Safelight"
    # Those of the first frame. The others come with their screens.
    CSS_PATH = [SHEETS / "app.tcss", SHEETS / "create.tcss"]
    BINDINGS = bindings("app")
    ENABLE_COMMAND_PALETTE = False
    DEFAULT_MODE = "create"

    def __init__(self, config: Config, env: Mapping[str, str]) -> None:
        self.config = config
        self.env = env
        memory = Memory.read(env)
        problems = list(config.problems)
        try:
            models = catalogue(config.extra_models)
        except ModelDataError as error:
            problems.append(str(error))
            models = catalogue()
        self.session = Session(
            config.library,
            models,
            memory,
            providers=tuple(config.providers),
            secrets=config.key_names,
            log_open=memory.log_open,
        )
        look = self.learn_looks(memory.style)
        self.previewer = Previewer(look)
        self.shelf = Shelf(config.library, lambda path: self.previewer.decoder.recall(path))
        self.grace = config.get("engine.grace")
        self._problems = problems
        self._theme_names: list[str] = []
        self._connecting = 0
        self._sandbox_starting = threading.Lock()
        self._net = Net()
        self._sandbox: SandboxProcess | None = None
        super().__init__()
        self._theme_folders = (paths.themes_folder(), paths.config_folder(env) / "themes")
        self._first_theme()
        bound = {command.id for command in COMMANDS if command.keys}
        problems += [f"keys: there is no action {name}" for name in config.keys if name not in bound]
        self.set_keymap({action: keys for action, keys in config.keys.items() if action in bound})
        for name, make in self._other_places().items():
            self.add_mode(name, make)

    def get_default_screen(self) -> Screen[None]:
        """Create. As the default screen rather than a mode's it spares the first frame a parse of all styles."""
        return CreateScreen(self.session, self.previewer)

    def _other_places(self) -> dict[str, Callable[[], Screen[None]]]:
        """The other places; each is made when it is first gone to."""

        def library() -> Screen[None]:
            from tui.ui.screens.library import LibraryScreen

            return LibraryScreen(self.session, self.previewer)

        def queue() -> Screen[None]:
            from tui.ui.screens.queue import QueueScreen

            return QueueScreen(self.session)

        def spend() -> Screen[None]:
            from tui.ui.screens.spend import SpendScreen

            return SpendScreen(self.session)

        return {"library": library, "queue": queue, "spend": spend}

    # --- themes ---------------------------------------------------------------------------------------------------

    def _first_theme(self) -> None:
        """Load the one theme that the first frame needs."""
        for name in (self.session.memory.theme, self.config.get("theme"), themes.DEFAULT):
            file = themes.find(name, self._theme_folders) if name else None
            if file is not None and self._take_theme(file):
                # Without a watcher: it would have every rule parsed once more before the first frame.
                self.set_reactive(SafelightApp.theme, file.stem)
                self.stylesheet.set_variables(self.get_css_variables())
                return

    def _take_theme(self, file: Path) -> bool:
        try:
            self.register_theme(themes.read(file))
        except themes.ThemeError as error:
            logger.warning("theme passed over: %s", error)
            return False
        return True

    @work(thread=True, exit_on_error=False, group="themes")
    def _load_themes(self) -> None:
        """Read the other themes, so that any can be chosen."""
        for file in themes.files(self._theme_folders):
            try:
                self.call_from_thread(self._add_theme, themes.read(file))
            except themes.ThemeError as error:
                self.call_from_thread(self._say, f"theme passed over: {error}")

    def _add_theme(self, theme: Theme) -> None:
        self.register_theme(theme)
        self._theme_names.append(theme.name)

    @property
    def theme_names(self) -> list[str]:
        return self._theme_names

    def refresh_css(self, animate: bool = True) -> None:
        """Before there is a screen, only the theme's colours count: what is read now would be read again with it."""
        if any(self._screen_stacks.values()):
            super().refresh_css(animate)
        else:
            self.stylesheet.set_variables(self.get_css_variables())

    # --- what stands between the app and the terminal ---------------------------------------------------------------

    def get_line_filters(self) -> Sequence[LineFilter]:
        return [*super().get_line_filters(), self._net]

    def _fatal_error(self) -> None:
        """In place of Textual's report, which prints the values of variables: the key among them."""
        from tui.ui import crash

        error = sys.exc_info()[1] or self._exception
        if error is not None:
            self._exit_renderables.append(crash.report(error, paths.log_file(self.env)))
        self._close_messages_no_wait()

    # --- opening: everything that the first frame does not need -----------------------------------------------------

    def on_mount(self) -> None:
        self.call_after_refresh(self._open)

    def _open(self) -> None:
        """The first frame is on the screen."""
        # The collector was off while everything was loaded; nothing of that will ever be garbage.
        gc.freeze()
        self.garbage.begin()
        # It is shown already; from now on it can be gone back to.
        self.add_mode("create", self.get_default_screen)
        self.ask_terminal()
        self._start_engine()
        self.use_provider(None)
        self._load_themes()
        self._warm_up()
        self.list_images()
        for problem in self._problems:
            self.session.log.say(problem, tone="bad")

    @work(thread=True, exit_on_error=False, group="engine")
    def _start_engine(self) -> None:
        """Load the engine in a worker, and with it the SDK, which takes longer to load than all the rest."""
        from tui.core import logs
        from tui.engine.settings import from_config
        from tui.engine.spending import Ledger
        from tui.engine.thread import EngineThread
        from tui.library import costs, records

        logs.set_up(paths.log_file(self.env))
        # What the first job's events need is loaded here and not on the UI thread when they come.
        for module in ("tui.ui.log_words", "tui.library.files", "tui.library.records", "tui.render.picture"):
            importlib.import_module(module)
        catalogue = self.session.catalogue
        self.ledger = Ledger(self.config.library, partial(costs.of_jobs, self.config.library))
        engine = EngineThread(
            from_config(self.config),
            emit=self.bridge.emit,
            record=self.shelf.keep,
            catalogue=catalogue,
            ledger=self.ledger,
            recorded=records.read,
        )
        engine.start()
        engine.warm()
        self.engine = engine
        self.call_from_thread(self._prepare)
        self.call_from_thread(self.find_left)

    def _prepare(self) -> None:
        """As soon as both are there, whichever comes first."""
        if self.engine is not None and self.session.provider is not None:
            self.engine.prepare(self.session.provider)
        self.send_early()

    def use_provider(self, name: str | None) -> None:
        self._connecting += 1
        self._connect(name, self._connecting)

    @work(thread=True, exit_on_error=False, group="provider")
    def _connect(self, name: str | None, turn: int) -> None:
        """Find the provider and its key; without one, start the sandbox. A later turn makes this one's answer past."""
        from tui.engine.keys import KeyRefusedError, choose

        say = partial(self.call_from_thread, self._connected, turn)
        try:
            words = ""
            try:
                provider = choose(self.config, self.env, name)
            except (KeyRefusedError, LookupError) as refused:
                if name is not None:
                    raise
                provider, words = None, str(refused)
            if provider is not None:
                say(provider, f"provider {provider.name} · {provider.host} · {provider.key_source}")
                return
            why = words or ("" if name else "no key found")
            note = "sandbox: it paints locally and charges nothing"
            say(self._start_sandbox(), f"{why} · {note}" if why else note)
        except (KeyRefusedError, LookupError) as refused:
            say(None, str(refused))
        except (RuntimeError, OSError) as error:
            say(None, f"the sandbox did not start: {error}")

    def _start_sandbox(self) -> Provider:
        from tui.sandbox.process import start

        with self._sandbox_starting:
            if self._sandbox is None:
                self._sandbox = start(pace=SANDBOX_PACE, drop=self.config.key_names)
            return Provider(name=SANDBOX, base_url=self._sandbox.base_url, key=SANDBOX, key_source="built in")

    def find_provider(self, name: str) -> Provider | None:
        from tui.engine.keys import KeyRefusedError, choose

        known = self.session.provider
        if known is not None and known.name == name:
            return known
        try:
            return self._start_sandbox() if name == SANDBOX else choose(self.config, self.env, name)
        except (KeyRefusedError, LookupError, RuntimeError, OSError) as error:
            logger.warning("provider %s: %s", clean_line(name), clean_line(error))
            return None

    def _connected(self, turn: int, provider: Provider | None, words: str) -> None:
        if turn != self._connecting:
            return
        self.session.log.say(words, tone="plain" if provider else "bad")
        self.session.unconnected = "" if provider else words
        first = self.session.provider is None
        if provider is not None:
            self.session.provider = provider
            if first and not self.session.memory.welcomed:
                self.session.memory.welcomed = True
                self.action_welcome()
        self._prepare()
        self._follow()

    @work(thread=True, exit_on_error=False, group="warm")
    def _warm_up(self) -> None:
        """Warm up what the first image needs."""
        self.previewer.warm()
        self.call_from_thread(self.count_spending)

    def _say(self, words: str) -> None:
        self.session.log.say(words, tone="bad")
        self._follow()

    def action_welcome(self) -> None:
        from tui.engine.keys import key_file
        from tui.ui.screens.welcome import Welcome

        sandbox = self.session.provider is not None and self.session.provider.is_sandbox
        library, key = paths.shown(self.session.library, self.env), paths.shown(key_file("openai", self.env), self.env)
        self.push_screen(Welcome(library=library, key_file=key, sandbox=sandbox))

    # --- what is remembered, and the end ----------------------------------------------------------------------------

    @work(thread=True, exit_on_error=False, group="memory")
    def _write_memory(self) -> None:
        try:
            self.session.memory.write()
        except OSError as error:
            self.call_from_thread(self._say, f"the form can't be remembered: {error.strerror}")

    def remember(self) -> None:
        self.session.memory.freeze()
        self._write_memory()

    @on(Worker.StateChanged)
    def _worker_ended(self, event: Worker.StateChanged) -> None:
        """What goes wrong in a worker is told; it never ends the app and never vanishes."""
        if event.state is WorkerState.ERROR and event.worker.error is not None:
            from tui.core.secrets import redact

            error = event.worker.error
            logger.error("%s failed", event.worker.group, exc_info=error)
            self._say(f"{event.worker.group}: {type(error).__name__}: {clean_line(redact(str(error)))}")

    def on_unmount(self) -> None:
        """The loop that ends with the app waits for its threads: none of them may take long from here on."""
        self.stop_watching()
        self.previewer.close()

    def close(self, grace: float = 0.0) -> None:
        """End what runs beside the app, jobs on their way after `grace` seconds; the terminal is the shell's again."""
        if self.engine is not None:
            self.engine.close(grace)
        self.previewer.close()
        self.shelf.close()
        if self._sandbox is not None:
            self._sandbox.stop()
        self.session.memory.style = self.knowledge.chosen_style
        self.session.memory.log_open = self.session.log_open
        self.session.memory.freeze()
        try:
            self.session.memory.write()
        except OSError as error:
            logger.warning("the form can't be remembered: %s", error.strerror)


def run(config: Config, env: Mapping[str, str]) -> int:
    """Run the app until the person leaves or it is told to end; the exit code."""
    app = SafelightApp(config, env)
    try:
        app.run()
    finally:
        from tui.subcommands import output

        jobs = app.session.jobs
        unasked = app.ended_by is not None or app.return_code not in (0, None)
        sent = jobs.running - jobs.queued
        if unasked and sent:
            verb = "receives" if sent == 1 else "receive"
            output.say(f"waiting up to {app.grace:.0f} s for what {_count(sent)} still {verb}…")
        app.close(app.grace if unasked else 0.0)
        for event in app.bridge.fetch():
            app.session.apply(event)
        if left := sum(job.left_behind for job in jobs):
            output.say(f"{_count(left)} left behind: the next start finishes what it can, and lists the rest")
    return SIGNALLED + app.ended_by if app.ended_by else app.return_code or 0


def _count(jobs: int) -> str:
    return "1 job" if jobs == 1 else f"{jobs} jobs"
