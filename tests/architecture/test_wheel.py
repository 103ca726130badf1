"""The wheel needs no compiler and holds everything that a clone holds."""

import subprocess
import sys
import zipfile
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_wheel_is_pure_and_complete(tmp_path):
    command = [
        sys.executable,
        "-m",
        "build",
        "--no-isolation",
        "--wheel",
        "--outdir",
        str(tmp_path),
    ]
    built = subprocess.run(
        [*command, str(ROOT)], check=False, capture_output=True, text=True, timeout=120
    )
    assert built.returncode == 0, built.stderr[-2000:]
    (wheel,) = tmp_path.glob("*.whl")
    assert wheel.name.endswith("-py3-none-any.whl")
    listed = subprocess.run(
        ["git", "ls-files", "-z", "src/makegood"],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    )
    wanted = {name.removeprefix("src/") for name in listed.stdout.split("\0") if name}
    assert wanted
    assert wanted - set(zipfile.ZipFile(wheel).namelist()) == set()
