"""The app: wires engine, library, renderer and screens; picks the theme and the keymap."""

from __future__ import annotations

import gc
import logging
import sys
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from textual import on, work
from textual.filter import LineFilter
from textual.screen import Screen
from textual.worker import get_current_worker

from tui.core import paths
from tui.core.config import Config
from tui.core.models import ModelDataError, catalogue
from tui.core.provider import SANDBOX, Provider
from tui.core.request import Request
from tui.ui import themes
from tui.ui.bridge import Bridge, EngineEvents
from tui.ui.commands import COMMANDS, bindings
from tui.ui.listing import Listing
from tui.ui.memory import Memory
from tui.ui.net import Net
from tui.ui.previewer import Previewer
from tui.ui.screens.create import CreateScreen
from tui.ui.session import Session
from tui.ui.shelf import Shelf

if TYPE_CHECKING:
    from tui.core.events import Event
    from tui.engine.thread import EngineThread
    from tui.sandbox.process import SandboxProcess

# Seconds that the sandbox takes for an image, so that it can be watched while it develops.
SANDBOX_PACE = 1.2
STYLES = Path(__file__).with_name("ui") / "styles"
logger = logging.getLogger(__name__)


class SafelightApp(Listing):
    """One window, several places. What is slow starts after the first frame, in workers."""

    TITLE = "Safelight"
    # Those of the first frame. The others come with their screens.
    CSS_PATH = [STYLES / "app.tcss", STYLES / "create.tcss"]
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
        self.session = Session(config.library, models, memory, providers=tuple(config.providers))
        self.shelf = Shelf(config.library)
        self.previewer = Previewer(
            env,
            style=config.get("preview.style"),
            depth=config.get("preview.colors"),
            aspect=config.get("preview.cell_aspect"),
        )
        self._problems = problems
        self._net = Net()
        self._sandbox: SandboxProcess | None = None
        super().__init__()
        self._bridge = Bridge(self)
        self._engine: EngineThread | None = None
        self._theme_folders = (paths.themes_folder(), paths.config_folder(env) / "themes")
        self._first_theme()
        self.set_keymap({action: keys for action, keys in config.keys.items() if action in {c.id for c in COMMANDS}})
        for name, make in self._places().items():
            self.add_mode(name, make)

    def _places(self) -> dict[str, Callable[[], Screen[None]]]:
        """The places; each is made when it is first gone to."""

        def library() -> Screen[None]:
            from tui.ui.screens.library import LibraryScreen

            return LibraryScreen(self.session, self.previewer)

        def queue() -> Screen[None]:
            from tui.ui.screens.queue import QueueScreen

            return QueueScreen(self.session)

        return {"create": partial(CreateScreen, self.session, self.previewer), "library": library, "queue": queue}

    # --- themes ---------------------------------------------------------------------------------------------------

    def _first_theme(self) -> None:
        """Load the one theme that the first frame needs."""
        for name in (self.session.memory.theme, self.config.get("theme"), themes.DEFAULT):
            file = themes.find(name, self._theme_folders) if name else None
            if file is not None and self._take_theme(file):
                self.theme = file.stem
                return

    def _take_theme(self, file: Path) -> bool:
        try:
            self.register_theme(themes.read(file))
        except themes.ThemeError as error:
            self._problems.append(f"theme passed over: {error}")
            return False
        return True

    def load_themes(self) -> None:
        for file in themes.files(self._theme_folders):
            if file.stem not in self.available_themes and not self._take_theme(file):
                self.notify(self._problems[-1], severity="warning", markup=False)

    @property
    def theme_names(self) -> list[str]:
        ours = [file.stem for file in themes.files(self._theme_folders)]
        return [name for name in ours if name in self.available_themes]

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
        gc.enable()
        self._start_engine()
        self._connect(None)
        self._tidy_shelf()
        self.list_images()
        for problem in self._problems:
            self.session.log.say(problem, tone="bad")

    @work(thread=True, group="engine")
    def _start_engine(self) -> None:
        """Load the engine in a worker, and with it the SDK, which takes longer to load than all the rest."""
        from tui.core import logs
        from tui.engine.job import Settings
        from tui.engine.thread import EngineThread

        logs.set_up(paths.log_file(self.env))
        get = self.config.get
        settings = Settings(
            out=self.config.library,
            parallel=get("engine.parallel"),
            retries=get("engine.retries"),
            deadline=get("engine.deadline"),
            template=get("names.template"),
        )
        catalogue = self.session.catalogue
        engine = EngineThread(settings, emit=self._bridge.emit, record=self.shelf.keep, catalogue=catalogue)
        engine.start()
        engine.warm()
        self._engine = engine

    @work(thread=True, exclusive=True, group="provider", exit_on_error=False)
    def _connect(self, name: str | None) -> None:
        """Find the provider and its key; without one, start the sandbox."""
        from tui.engine.keys import KeyRefusedError, choose

        say = partial(self.call_from_thread, self._connected)
        try:
            provider = choose(self.config, self.env, name)
            words = f"provider {provider.name} · {provider.host} · {provider.key_source}" if provider else ""
            provider = provider or self._start_sandbox()
        except (KeyRefusedError, LookupError) as refused:
            if name is not None:
                say(None, str(refused))
                return
            words = str(refused)
            provider = self._start_sandbox()
        except RuntimeError as error:
            say(None, f"the sandbox did not start: {error}")
            return
        if provider.is_sandbox:
            words = f"{words or ('' if name else 'no key found')} · sandbox: it paints locally and charges nothing"
        say(provider, words.removeprefix(" · "))

    def _start_sandbox(self) -> Provider:
        from tui.sandbox.process import start

        if self._sandbox is None:
            self._sandbox = start(pace=SANDBOX_PACE)
        return Provider(name=SANDBOX, base_url=self._sandbox.base_url, key=SANDBOX, key_source="built in")

    def _connected(self, provider: Provider | None, words: str) -> None:
        self.session.log.say(words, tone="plain" if provider else "bad")
        if provider is not None:
            first = self.session.provider is None
            self.session.provider = provider
            if first and not self.session.memory.welcomed:
                self.session.memory.welcomed = True
                self.action_welcome()
        self._follow()

    @work(thread=True, group="shelf", exit_on_error=False)
    def _tidy_shelf(self) -> None:
        """Warm up what the first image needs, then bring the index up to date."""
        worker = get_current_worker()
        self.previewer.warm()
        try:
            self.shelf.catch_up(lambda: worker.is_cancelled)
            spent = self.shelf.spent_today()
        except Exception as error:
            logger.exception("the index can't be brought up to date")
            self.call_from_thread(self._say, f"the index is out of order: {error}")
            return
        self.call_from_thread(self._take_spent, spent)
        self.call_from_thread(self.list_images)

    def _take_spent(self, spent: float) -> None:
        self.session.spent = Decimal(str(spent)) + (self.session.spent or 0)
        self._follow()

    def _say(self, words: str) -> None:
        self.session.log.say(words, tone="bad")
        self._follow()

    # --- the engine -----------------------------------------------------------------------------------------------

    @on(EngineEvents)
    def _engine_events(self) -> None:
        for event in self._bridge.fetch():
            self.session.apply(event)
            self._react(event)
        self._follow()

    def _react(self, event: Event) -> None:
        from tui.core.events import Done, Failed, Saved, Unknown, Waiting

        for screen in self._place_screens():
            if isinstance(screen, CreateScreen):
                screen.develop(event)
        if isinstance(event, Saved):
            self._keep_thumbnail(event.path)
            self.list_images()
        if isinstance(event, (Done, Failed, Unknown)) or (isinstance(event, Waiting) and event.seconds is None):
            self._tell(event)

    def _tell(self, event: Event) -> None:
        """A toast for what happens while the person is elsewhere, or where an answer is wanted."""
        from tui.core.events import Done, Failed, Unknown, Waiting

        job = self.session.jobs.get(event.job)
        elsewhere = self.current_mode != "create"
        match event:
            case Done() if elsewhere and job:
                self.notify(f"#{event.number} done: {event.saved} saved", markup=False)
            case Failed() | Unknown():
                head = "outcome unknown, f9 offers to send again" if isinstance(event, Unknown) else event.failure.kind
                self.notify(f"#{event.number} {head}: {event.failure.message}"[:300], severity="error", markup=False)
            case Waiting():
                self.notify(f"#{event.number} {event.failure.kind}: f9 answers", severity="warning", markup=False)

    @work(thread=True, group="thumbnail", exit_on_error=False)
    def _keep_thumbnail(self, path: Path) -> None:
        self.previewer.keep_thumbnail(path)

    def submit(self, request: Request) -> None:
        provider = self.session.provider
        if provider is None or self._engine is None:
            self.notify("Still starting: try again in a moment", severity="warning")
            return
        job = self._engine.submit(request, provider)
        self.session.memory.sent(request.prompt)
        self._remember()
        for screen in self._place_screens():
            if isinstance(screen, CreateScreen):
                screen.developing = job

    def cancel_job(self, job: str) -> None:
        if self._engine is not None:
            self._engine.cancel(job)

    def move_job(self, job: str, delta: int) -> None:
        if self._engine is not None:
            self._engine.move(job, delta)
        self.session.jobs.move(job, delta)
        self._follow()

    def answer_job(self, job: str, choice: str) -> None:
        if self._engine is not None:
            self._engine.answer(job, choice)

    def use_provider(self, name: str) -> None:
        self._connect(name)

    def action_welcome(self) -> None:
        from tui.engine.keys import key_file
        from tui.ui.screens.welcome import Welcome

        sandbox = self.session.provider is not None and self.session.provider.is_sandbox
        library, key = paths.shown(self.session.library, self.env), paths.shown(key_file("openai", self.env), self.env)
        self.push_screen(Welcome(library=library, key_file=key, sandbox=sandbox))

    # --- what is remembered, and the end ----------------------------------------------------------------------------

    @work(thread=True, exclusive=True, group="memory", exit_on_error=False)
    def _write_memory(self, text: str) -> None:
        try:
            self.session.memory.write(text)
        except OSError as error:
            self.call_from_thread(self._say, f"the form can't be remembered: {error.strerror}")

    def _remember(self) -> None:
        self._write_memory(self.session.memory.snapshot())

    def on_unmount(self) -> None:
        """The loop that ends with the app waits for its threads."""
        self.stop_watching()

    def close(self) -> None:
        """End what runs beside the app; called after the terminal is the shell's again."""
        if self._engine is not None:
            self._engine.close()
        self.previewer.close()
        self.shelf.close()
        if self._sandbox is not None:
            self._sandbox.stop()
        try:
            self.session.memory.write(self.session.memory.snapshot())
        except OSError as error:
            logger.warning("the form can't be remembered: %s", error.strerror)


def run(config: Config, env: Mapping[str, str]) -> int:
    """Run the app until the person leaves; the exit code."""
    app = SafelightApp(config, env)
    try:
        app.run()
    finally:
        app.close()
    return app.return_code or 0
