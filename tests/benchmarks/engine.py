"""The engine beside the plainest openai script, and the memory that large images take.

20 images of 1024x1024 from the sandbox, 4 at a time: wall and CPU time. Goal: at most 1.05 times the wall time.
Ten images of 3840x2160, 4 at a time: the peak above the idle engine. Goal: at most 1.5 times the bytes in flight.

Run by hand: python -m tests.benchmarks.engine [ROUNDS]
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from itertools import count
from pathlib import Path

from tests.benchmarks.figures import compiled, goal, in_turns, rounds, tell
from tui.sandbox import process

IMAGES, PARALLEL, LARGE = 20, 4, 10

PLAIN = """
import base64, json, pathlib, sys, time
from concurrent.futures import ThreadPoolExecutor
import openai
folder, images, parallel = pathlib.Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
folder.mkdir(parents=True)
client = openai.OpenAI()
def one(number):
    answer = client.images.generate(
        model="gpt-image-2.5-flare", prompt=f"fox {number}", size="1024x1024", quality="low", n=1
    )
    (folder / f"{number}.png").write_bytes(base64.b64decode(answer.data[0].b64_json))
begin, cpu = time.perf_counter(), time.process_time()
with ThreadPoolExecutor(parallel) as pool:
    list(pool.map(one, range(images)))
print(json.dumps({"wall": time.perf_counter() - begin, "cpu": time.process_time() - cpu}))
"""

OURS = """
import asyncio, json, os, pathlib, sys, time
from tui.core.events import Done
from tui.core.provider import Provider
from tui.core.request import Request
from tui.engine.runner import Runner, Settings
from tui.library import records
folder, images, parallel, size = pathlib.Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]), sys.argv[4]
def memory(name):
    lines = pathlib.Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith(name))
received = {}
def emit(event):
    if type(event).__name__ == "Receiving":
        received[event.job] = max(received.get(event.job, 0), event.received)
async def main():
    runner = Runner(Settings(out=folder, parallel=parallel), emit=emit, record=records.write)
    Runner.warm()
    provider = Provider("plain", os.environ["OPENAI_BASE_URL"], os.environ["OPENAI_API_KEY"])
    def send(number):
        parameters = {"size": size, "quality": "low"}
        return runner.submit(Request(f"fox {number}", "gpt-image-2.5-flare", parameters=parameters), provider)
    if size != "1024x1024":
        warm = Request("warm", "gpt-image-2.5-flare", parameters={"size": "1024x1024"})
        await runner.wait(runner.submit(warm, provider))
        received.clear()
    # The plain script makes its client before the clock starts, too.
    runner.prepare(provider)
    idle = memory("VmRSS")
    begin, cpu = time.perf_counter(), time.process_time()
    ends = [await runner.wait(job) for job in [send(number) for number in range(images)]]
    wall, cpu = time.perf_counter() - begin, time.process_time() - cpu
    assert all(isinstance(end, Done) for end in ends), ends
    await runner.close()
    sizes = sorted(received.values())[-parallel:]
    print(json.dumps({"wall": wall, "cpu": cpu, "idle": idle, "peak": memory("VmHWM"), "flight": sum(sizes)}))
asyncio.run(main())
"""


class Ways:
    """Both ways as whole processes that time the work only, each into a new folder."""

    def __init__(self, folder: Path, base_url: str) -> None:
        self.folder = folder
        self.env = compiled(folder) | {"OPENAI_BASE_URL": base_url, "OPENAI_API_KEY": "none"}
        self.cpu: dict[str, list[float]] = {"plain script": [], "engine": []}
        self._numbers = count()

    def run(self, script: str, *more: object) -> dict[str, float]:
        target = self.folder / f"run{next(self._numbers)}"
        command = [sys.executable, "-c", script, str(target), *map(str, more)]
        told = subprocess.run(command, env=self.env, stdout=subprocess.PIPE, check=True).stdout
        return dict(json.loads(told))

    def plain(self) -> float:
        return self._timed("plain script", PLAIN, IMAGES, PARALLEL)

    def engine(self) -> float:
        return self._timed("engine", OURS, IMAGES, PARALLEL, "1024x1024")

    def _timed(self, name: str, *command: object) -> float:
        figures = self.run(str(command[0]), *command[1:])
        self.cpu[name].append(figures["cpu"])
        return figures["wall"]


def main() -> None:
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder, process.start() as sandbox:
        ways = Ways(Path(folder), sandbox.base_url)
        found = in_turns(rounds(5), {"plain script": ways.plain, "engine": ways.engine})
        large = ways.run(OURS, LARGE, PARALLEL, "3840x2160")
    walls = {name: tell(f"{name}, wall", found[name], "s", 1) for name in ("plain script", "engine")}
    times = {name: tell(f"{name}, CPU", ways.cpu[name][1:], "s", 1) for name in ("plain script", "engine")}
    goal("ratio of wall times", walls["engine"] / walls["plain script"], 1.05)
    print(f"{'ratio of CPU times':<34} {times['engine'] / times['plain script']:8.3f}")
    print(f"{'idle engine':<34} {large['idle'] / 1e6:8.1f} MB")
    print(f"{'bytes in flight, 4 of 3840x2160':<34} {large['flight'] / 1e6:8.1f} MB")
    print(f"{'peak':<34} {large['peak'] / 1e6:8.1f} MB")
    goal("(peak - idle) / bytes in flight", (large["peak"] - large["idle"]) / large["flight"], 1.5)


if __name__ == "__main__":
    main()
