"""`bauhinia terms` and `bauhinia memory`, in a process of their own."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

COMMAND = [sys.executable, "-c", "from bauhinia.cli import main; main()"]
TMX = """<tmx version="1.4"><header/><body><tu><tuv xml:lang="en"><seg>Good morning, all.</seg></tuv>
<tuv xml:lang="zh-HK"><seg>各位早晨。</seg></tuv></tu></body></tmx>"""


def test_terms_and_translations_go_in_and_come_out(database_url: str, tmp_path: Path) -> None:
    settings = {"BAUHINIA_DATA_FOLDER": str(tmp_path / "data"), "BAUHINIA_DATABASE_URL": database_url}

    def run(*arguments: str) -> str:
        done = subprocess.run(
            [*COMMAND, *arguments],
            env={**os.environ, **settings},
            cwd=tmp_path,
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    (tmp_path / "own.csv").write_text("id,en,zh\nwidget,widget,小器具\nb,,乙乙\n", encoding="utf-8")
    assert run("terms", "import", "own.csv") == "1 added, 0 changed, 0 unchanged, 1 refused.\n"
    assert run("terms", "list", "widget") == "widget\twidget\t小器具\n"
    run("terms", "export", "own.tbx")
    assert run("terms", "import", "own.tbx") == "0 added, 0 changed, 1 unchanged, 0 refused.\n"
    (tmp_path / "a.tmx").write_text(TMX, encoding="utf-8")
    assert run("memory", "import", "a.tmx") == "2 added, 0 changed, 0 unchanged.\n"
    assert run("memory", "look-up", "Good morning, all.").startswith("100  各位早晨。")
    run("memory", "export", "b.tmx")
    assert run("memory", "import", "b.tmx") == "0 added, 0 changed, 2 unchanged.\n"
