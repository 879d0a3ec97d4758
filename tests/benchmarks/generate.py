"""`safelight generate` of one image as a whole process, beside the plainest openai script. Goal: at most 1.05 times.

Run by hand: python tests/benchmarks/generate.py [ROUNDS]. Both ask one sandbox for the same image, in turns.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))

from tui.sandbox import process  # noqa: E402 - found through the line above

PLAIN = """
import base64, pathlib, sys
import openai
answer = openai.OpenAI().images.generate(
    model="gpt-image-2.5-flare", prompt="a red fox", size="1024x1024", quality="low"
)
pathlib.Path(sys.argv[1]).write_bytes(base64.b64decode(answer.data[0].b64_json))
"""
SAFELIGHT = "import sys; from tui.cli import main; sys.exit(main())"


def measure(command: list[str], env: dict[str, str]) -> float:
    """Seconds of one whole process, which must succeed."""
    begin = time.perf_counter()
    subprocess.run([sys.executable, "-c", *command], env=env, stdout=subprocess.DEVNULL, check=True)
    return time.perf_counter() - begin


def main() -> None:
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 20
    with tempfile.TemporaryDirectory() as folder, process.start() as sandbox:
        env = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
        env |= {
            "HOME": folder,
            "PYTHONPATH": str(ROOT),
            # Installed packages come compiled; so are both here.
            "PYTHONPYCACHEPREFIX": f"{folder}/compiled",
            "OPENAI_BASE_URL": sandbox.base_url,
            "OPENAI_API_KEY": "none",
        }
        ours = [
            SAFELIGHT,
            "generate",
            "a red fox",
            "--size",
            "1024x1024",
            "--quality",
            "low",
            "--out",
            f"{folder}/library",
        ]
        commands = {"plain script": [PLAIN, f"{folder}/plain.png"], "safelight": ours}
        times: dict[str, list[float]] = {name: [] for name in commands}
        for turn in range(rounds + 1):
            for name, command in commands.items():
                seconds = measure(command, env)
                if turn:
                    times[name].append(seconds)
    medians = {name: statistics.median(each) for name, each in times.items()}
    for name, median in medians.items():
        spread = statistics.quantiles(times[name], n=4)
        print(f"{name:<13} median {median * 1000:6.0f} ms   quartiles {spread[0] * 1000:.0f} to {spread[2] * 1000:.0f}")
    print(f"ratio         {medians['safelight'] / medians['plain script']:.3f}   (goal at most 1.05)")


if __name__ == "__main__":
    main()
