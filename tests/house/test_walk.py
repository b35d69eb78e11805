"""The README's five-minute walk, run word for word in a shell against a real server process."""

import re
import signal
import subprocess
from pathlib import Path

import pytest

from scripts.environment import ROOT
from tests.house.test_serve import launch

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("serve")]
MARK = "=== step"
STEP = re.compile(r"```sh\n(.*?)```\n(?:```text\n(.*?)```)?", re.DOTALL)


def steps() -> list[tuple[str, str]]:
    """Each block of the walk with the answer that stands below it."""
    text = (ROOT / "README.md").read_text()
    walk = text.split("## The main job in five minutes")[1].split("\n## ")[0]
    return [(script, shown or "") for script, shown in STEP.findall(walk)]


def as_pattern(shown: str) -> str:
    """The shown answer, `…` standing for anything and any blank for any other."""
    words = [r"\s+".join(re.escape(word) for word in part.split()) for part in shown.split("…")]
    return r"\s*" + r"[\s\S]*?".join(rf"\s*{part}\s*" for part in words)


@pytest.mark.parametrize("shell", ["bash"])
def test_the_walk_answers_what_the_readme_shows(tmp_path: Path, shell: str) -> None:
    served = launch(tmp_path / "data", "--employees", "1800", "--workers", "2")
    try:
        served.until_said("Hagukumi is ready")
        script = "".join(f"echo '{MARK}'\n{block}" for block, _ in steps())
        script = script.replace("127.0.0.1:8000", f"127.0.0.1:{served.port}")
        said = subprocess.run([shell, "-c", script], capture_output=True, text=True, timeout=240, check=True)
    finally:
        served.end(signal.SIGTERM)
    answers = said.stdout.split(f"{MARK}\n")[1:]
    assert len(answers) == len(steps())
    for (block, shown), answer in zip(steps(), answers, strict=True):
        assert re.fullmatch(as_pattern(shown), answer), f"{block}\nsaid\n{answer}\n{said.stderr}\nand not\n{shown}"
