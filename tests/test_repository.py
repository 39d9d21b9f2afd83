"""저장소의 파일이 함께 지키는 약속을 검사합니다: 이름, 줄 끝, 글, 패키지 목록, README와 CI의 명령."""

import ast
import json
import os
import re
import shutil
import subprocess
import sys

import pytest
from nbformat.v4 import new_markdown_cell, new_notebook

from tests.rerun import ROOT
from tests.rules import RULES, Notebook, impolite, read_glossary

NOT_OURS = re.compile(
    r"\.git|\.venv|wheels|내 강의|__pycache__|build|.*\.egg-info|\..*_(cache|checkpoints)"
)
MACHINE_PATH = re.compile(r"(?<![\w.-])/(home|Users|root|tmp)/|\b[A-Z]:\\+Users\b")
LOOK_FOR_PATHS = {"tests/rules.py", "tests/test_rules.py"}  # 경로를 찾는 검사와 그 예


def our_files():
    """git이 맡았거나 맡을 파일입니다. git 없이 내려받은 폴더에서는 직접 찾습니다."""
    if (ROOT / ".git").exists() and shutil.which("git"):
        command = ["git", "ls-files", "-coz", "--exclude-standard"]
        listed = subprocess.run(command, check=False, cwd=ROOT, capture_output=True)
        if listed.returncode == 0:
            names = {ROOT / os.fsdecode(name) for name in listed.stdout.split(b"\0") if name}
            return sorted(path for path in names if path.is_file())
    found = []
    for folder, folders, files in os.walk(ROOT):
        folders[:] = [name for name in folders if not NOT_OURS.fullmatch(name)]
        found += [ROOT / folder / name for name in files]
    return sorted(found)


def name_of(path):
    return path.relative_to(ROOT).as_posix()


def read(name):
    return (ROOT / name).read_text(encoding="utf-8")


FILES = our_files()
TEXTS = {name_of(path): path.read_bytes() for path in FILES if b"\0" not in path.read_bytes()}
SOURCES = [
    name for name in TEXTS if re.fullmatch(r"course\.py|(door|exercises|helpers)/.*\.py", name)
]


def test_files_are_found():
    assert {"README.md", ".ci/run", "notebooks/00_start_here.ipynb"} <= set(TEXTS)
    assert {"course.py", "helpers/data.py", "helpers/environment.py"} <= set(SOURCES)
    assert not [path for path in FILES if ".venv" in path.parts]


def test_names_are_ascii():
    """macOS에서 만든 zip은 한글 이름의 자모를 풀어 놓습니다."""
    assert [name_of(path) for path in FILES if not name_of(path).isascii()] == []


def test_lines_end_with_lf():
    assert [name for name, text in TEXTS.items() if b"\r" in text] == []
    assert [name for name, text in TEXTS.items() if text and not text.endswith(b"\n")] == []


def test_texts_are_utf8_without_mark():
    for name, text in TEXTS.items():
        assert "\ufeff" not in text.decode("utf-8"), name


def test_no_path_of_one_machine():
    found = {
        name: match[0]
        for name, text in TEXTS.items()
        if name not in LOOK_FOR_PATHS and (match := MACHINE_PATH.search(text.decode("utf-8")))
    }
    assert found == {}


def test_license_names_both():
    assert "MIT License" in read("LICENSE")
    assert "CC BY 4.0" in read("LICENSE")


# ---------------------------------------------------------------- 패키지 목록과 명령


def test_requirements_are_exact_pins():
    text = read("requirements.txt")
    assert text.isascii()  # pip 24.3까지는 한국어 Windows에서 cp949로 읽음
    *lines, last = text.splitlines()
    assert last == "-e ."
    pins = [line for line in lines if line and not line.startswith("#")]
    assert [pin for pin in pins if not re.fullmatch(r"[\w-]+==\d+(\.\w+)*", pin)] == []
    names = [pin.split("==")[0].lower() for pin in pins]
    assert len(names) == len(set(names))


def commands(text):
    """마크다운의 첫 코드 블록에 있는 줄입니다."""
    return re.search(r"(?ms)^```\w*\n(.*?)^```$", text)[1].splitlines()


def test_readme_starts_with_two_commands():
    assert commands(read("README.md")) == ["python course.py", "python course.py test"]


def test_ci_runs_the_command_of_the_readme():
    lines = [line for line in read(".ci/run").splitlines() if not line.startswith("#")]
    assert lines[-1] == commands(read("README.md"))[1]
    allowed = r"set -e|cd .*|command -v python > /dev/null \|\| python\(\) \{ python3 \"\$@\"; \}"
    assert all(re.fullmatch(allowed, line) for line in lines[:-1])


@pytest.mark.skipif(os.name == "nt", reason="Windows에는 실행 권한이 없음")
def test_ci_is_executable():
    assert os.access(ROOT / ".ci" / "run", os.X_OK)


def test_messages_name_sections_of_the_readme():
    named = {name for source in SOURCES for name in re.findall(r"README의 '([^']+)'", read(source))}
    assert named
    assert named <= set(re.findall(r"(?m)^#+ (.+)$", read("README.md")))


# ---------------------------------------------------------------- ruff


def ruff(*arguments, folder=ROOT):
    command = [sys.executable, "-m", "ruff", *arguments, "."]
    return subprocess.run(
        command, check=False, cwd=folder, capture_output=True, encoding="utf-8", errors="replace"
    )


@pytest.mark.parametrize("arguments", [["check"], ["format", "--check"]])
def test_ruff_finds_nothing(arguments):
    result = ruff(*arguments)
    assert result.returncode == 0, result.stdout + result.stderr


def test_ruff_reads_every_program_and_notebook():
    read_by_ruff = ruff("check", "--show-files").stdout.splitlines()
    programs = [str(path) for path in FILES if path.suffix in (".py", ".ipynb")]
    assert set(programs) <= set(read_by_ruff)


@pytest.mark.parametrize("name", ["helpers/bad.py", "tests/test_bad.py", "notebooks/bad.ipynb"])
@pytest.mark.parametrize(
    ("rule", "source"),
    [
        ("PLW1514", "with open('a.txt') as file:\n    print(file)"),
        ("PLW1514", "from pathlib import Path\n\nPath('a.txt').read_text()"),
        ("PLW1514", "from pathlib import Path\n\nPath('a.txt').write_text('a')"),
        ("B015", "x = 1\nx == 2\nprint(x)"),
    ],
)
def test_ruff_catches(tmp_path, name, rule, source):
    path = tmp_path / name
    path.parent.mkdir()
    if path.suffix == ".ipynb":
        cell = {"cell_type": "code", "id": "a", "metadata": {}, "outputs": [], "source": source}
        node = {"cells": [cell], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
        source = json.dumps(node)
    path.write_text(source, encoding="utf-8")
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    found = ruff("check", "--output-format=json", folder=tmp_path).stdout
    assert rule in {complaint["code"] for complaint in json.loads(found)}


# ---------------------------------------------------------------- 글


def strings(source):
    """소스에 있는 글 상수입니다. f-문자열은 값이 들어갈 자리에서 나뉩니다."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value


def rude(text):
    """합니다체가 아닌 끝을 찾습니다. docstring의 인수와 반환값은 명사로 끝나도 됩니다."""
    sentences, *lists = re.split(r"\n +(?:Args|Returns|Raises|Yields):\n", text)
    return impolite(sentences) + [
        end for part in lists for end in impolite(part) if end[-2] in "다요까"
    ]


@pytest.mark.parametrize("name", SOURCES)
def test_sentences_are_polite(name):
    assert [end for text in strings(read(name)) for end in rude(text)] == []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("값을 씁니다.", []),
        ("값이 없다.", ["없다."]),
        ("값을 쓰세요.", ["쓰세요."]),
        ("값의 이름.", ["이름."]),
        ("씁니다.\n\n    Args:\n        n: 점의 수. 정수입니다.\n", []),
        ("씁니다.\n\n    Returns:\n        점의 수. 정수다.\n", ["정수다."]),
    ],
)
def test_rude_ends_are_found(text, found):
    assert rude(text) == found


@pytest.mark.parametrize("name", SOURCES)
def test_glossary_words_are_used(name):
    terms = read_glossary(read("README.md"))
    assert any(term.forbidden for term in terms)
    cell = new_markdown_cell(read(name), id="source")
    assert RULES["glossary"](Notebook(name, new_notebook(cells=[cell]), terms)) == []
