"""course.py를 진짜 패키지 없이 검사합니다.

작은 가짜 강의 폴더에서 course.py를 실행합니다. 그 폴더의 wheels에는 받은 인수를 적어 두기만 하는 jupyterlab과 pytest가
있어서, 인터넷 없이 몇 초 만에 설치됩니다.
"""

import ast
import importlib.util
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import venv
import zipfile
from collections import namedtuple
from pathlib import Path
from urllib.parse import parse_qs, quote, urlsplit

import pytest

ROOT = Path(__file__).resolve().parent.parent
SOURCE = (ROOT / "course.py").read_text(encoding="utf-8")
TREE = ast.parse(SOURCE)
posix_only = pytest.mark.skipif(os.name != "posix", reason="POSIX의 신호로만 흉내 낼 수 있음")

# 사용자의 pip, Python, Jupyter, 프록시, 화면 설정과 인터넷이 없는 환경
UNWANTED = re.compile("(?i)(pip|python|jupyter|course).*|.*_proxy|(wayland_)?display|virtual_env")
CLEAN = {name: value for name, value in os.environ.items() if not UNWANTED.fullmatch(name)}
CLEAN |= {
    "PIP_CONFIG_FILE": os.devnull,
    "PIP_INDEX_URL": "http://127.0.0.1:9/simple",
    "PIP_RETRIES": "1",
    "PYTHONIOENCODING": "utf-8",
}

REQUIREMENTS = "# the fakes\njupyterlab==0.0\npytest==0.0\n"
RECORD = """
import json, os, socket, sys

seen = {
    "program": sys.argv[0],
    "arguments": sys.argv[1:],
    "folder": os.getcwd(),
    "token": os.environ.get("JUPYTER_TOKEN"),
    "help": os.environ.get("COURSE_HELP"),
    "progress": os.environ.get("COURSE_PROGRESS"),
}
with open("seen.json", "w", encoding="utf-8") as file:
    json.dump(seen, file)
status = [int(argument[7:]) for argument in sys.argv if argument.startswith("--exit=")]
if status:
    sys.exit(status[0])
"""
SERVER = """
import signal

signal.signal(signal.SIGINT, lambda *_: os._exit(5))
[port] = [argument for argument in sys.argv if argument.startswith("--ServerApp.port=")]
with socket.create_server(("127.0.0.1", int(port.split("=")[1]))) as server:
    server.settimeout(30)
    while server.accept()[0].recv(4) != b"stop":
        pass
sys.exit(7)
"""
SETTINGS = """
import pathlib, sys


def apply():
    times = pathlib.Path(sys.prefix) / "applied"
    times.write_text(times.read_text() + "+" if times.exists() else "+")


if __name__ == "__main__":
    apply()
"""
LESSON = """{"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": [
{"cell_type": "markdown", "id": "a", "metadata": {}, "source": "# %s: 부제"}]}"""
LESSONS = {"00_start_here.ipynb": "00. 시작하기", "01_line.ipynb": "01. 선형 회귀"}

# ---------------------------------------------------------------- 가짜 강의 폴더


def add_wheel(folder, name, source=""):
    """이름과 `__main__.py`만 있는 패키지를 wheels 폴더에 넣습니다."""
    info = f"{name}-0.0.dist-info"
    files = {
        f"{name}/__main__.py": source,
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: 0.0\n",
        f"{info}/WHEEL": "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    files[f"{info}/RECORD"] = "".join(f"{path},,\n" for path in [*files, f"{info}/RECORD"])
    with zipfile.ZipFile(folder / "wheels" / f"{name}-0.0-py3-none-any.whl", "w") as archive:
        for path, text in files.items():
            archive.writestr(path, text)


def make_project(folder):
    (folder / "wheels").mkdir(parents=True)
    (folder / "tests").mkdir()
    (folder / "course.py").write_text(SOURCE, encoding="utf-8")
    (folder / "requirements.txt").write_text(REQUIREMENTS, encoding="utf-8")
    (folder / "pyproject.toml").write_text("[project]\n", encoding="utf-8")
    (folder / "tests" / "rerun.py").write_text(RECORD, encoding="utf-8")
    shutil.copytree(ROOT / "door", folder / "door", ignore=shutil.ignore_patterns("__pycache__"))
    (folder / "door" / "settings.py").write_text(SETTINGS, encoding="utf-8")
    (folder / "door" / "new.py").write_text(RECORD, encoding="utf-8")
    (folder / "notebooks").mkdir()
    for name, title in LESSONS.items():
        (folder / "notebooks" / name).write_text(LESSON % title, encoding="utf-8")
    add_wheel(folder, "pytest", RECORD)
    add_wheel(folder, "jupyterlab", RECORD + SERVER)
    return folder


def start(folder, *arguments, here=None, **environment):
    """다른 폴더에서, Ctrl+C를 함께 받는 새 프로세스 그룹으로 course.py를 시작합니다."""
    return subprocess.Popen(
        [sys.executable, folder / "course.py", *arguments],
        cwd=here or folder.parent,
        env=CLEAN | environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
        start_new_session=True,
    )


Result = namedtuple("Result", "status out err")


def finish(child):
    out, err = child.communicate(timeout=120)
    return Result(child.returncode, out, err)


def course(folder, *arguments, **options):
    return finish(start(folder, *arguments, **options))


def seen(folder):
    return json.loads((folder / "seen.json").read_text(encoding="utf-8"))


def marker(folder):
    return (folder / ".venv" / "course-ready").read_text(encoding="utf-8")


def append(path, line):
    path.write_text(path.read_text(encoding="utf-8") + line + "\n", encoding="utf-8")


def hide_wheels(folder):
    (folder / "wheels").rename(folder / "hidden")


def problem(result):
    """`[문제]` 문장 하나로 끝났는지 보고, 그 줄을 돌려줍니다."""
    lines = [line for line in result.err.splitlines() if line.startswith("[문제] ")]
    assert (result.status, len(lines)) == (1, 1), result.err
    assert "Traceback" not in result.err
    return lines[0]


def works_quietly(folder):
    return course(folder, "test") == (0, "", "")


@pytest.fixture(scope="module")
def first_call(tmp_path_factory):
    """이름에 한글과 빈칸이 있는 폴더에 설치합니다. 이 파일의 테스트가 함께 씁니다."""
    root = tmp_path_factory.mktemp("door").resolve()
    folder = make_project(root / "한글 이름" / "강의 폴더")
    return folder, course(folder, "test", "-x"), seen(folder)


@pytest.fixture
def project(first_call):
    """설치가 끝난 폴더입니다. 테스트가 바꾼 것은 끝난 뒤에 되돌립니다."""
    folder = first_call[0]
    before = marker(folder)
    yield folder
    if (folder / "hidden").exists():
        (folder / "hidden").rename(folder / "wheels")
    (folder / "requirements.txt").write_text(REQUIREMENTS, encoding="utf-8")
    (folder / "pyproject.toml").write_text("[project]\n", encoding="utf-8")
    (folder / "seen.json").unlink(missing_ok=True)
    shutil.rmtree(folder / "내 강의", ignore_errors=True)
    if not (folder / ".venv" / "course-ready").exists() or marker(folder) != before:
        course(folder, "test")


@pytest.fixture
def fresh(tmp_path):
    """아직 설치하지 않은 폴더입니다."""
    return make_project(tmp_path.resolve() / "강의")


@pytest.fixture
def door(fresh):
    """아직 설치하지 않은 폴더의 course.py를 모듈로 읽은 것입니다."""
    spec = importlib.util.spec_from_file_location("door", fresh / "course.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def mount(tmp_path):
    """주어진 크기의 디스크를 붙이는 함수입니다. 관리자 권한이 있는 Linux에서만 됩니다."""
    folder = tmp_path / "disk"
    folder.mkdir()

    def attach(size):
        command = ["mount", "-t", "tmpfs", "-o", f"size={size}", "none", folder]
        if sys.platform != "linux" or subprocess.run(command, check=False).returncode:
            pytest.skip("디스크를 붙일 수 없음")
        return folder

    yield attach
    if folder.is_mount():
        subprocess.run(["umount", "-l", folder], check=True)


# ---------------------------------------------------------------- 설치


def test_first_call_installs_and_runs(first_call):
    folder, result, recorded = first_call
    assert (result.status, result.out) == (0, "")
    assert re.search(r"\.venv.*설치합니다.*\n(.*\n)*설치를 마쳤습니다\.\n$", result.err)
    assert recorded["arguments"] == ["-x"]
    assert recorded["folder"] == str(folder)
    assert sorted(path.name for path in folder.parent.iterdir()) == [folder.name]


def applied(folder):
    """JupyterLab의 설정을 쓴 횟수입니다."""
    return len((folder / ".venv" / "applied").read_text(encoding="utf-8"))


def test_installation_writes_the_settings(first_call):
    assert applied(first_call[0]) >= 1


def test_settings_are_not_needed_to_install(door, monkeypatch, capsys):
    monkeypatch.setattr(
        door, "run", lambda *command: "탈\n" if "door.settings" in command else None
    )
    door.set_up()
    assert Path(door.READY).exists()
    assert "탈\n" in capsys.readouterr().err


def test_second_call_does_not_install(project):
    hide_wheels(project)
    assert works_quietly(project)


@pytest.mark.parametrize(
    ("name", "line", "package"),
    [("requirements.txt", "extra==0.0", "extra"), ("pyproject.toml", "# changed", "pytest")],
)
def test_changed_list_is_installed_into_the_same_venv(project, name, line, package):
    kept = project / ".venv" / "kept"
    kept.touch()
    add_wheel(project, "extra")
    append(project / name, line)

    result = course(project, "test")

    assert "설치를 마쳤습니다." in result.err
    assert kept.exists()
    assert list(project.glob(f".venv/**/{package}"))
    assert works_quietly(project)


def test_missing_wheel_leaves_the_old_installation(project):
    append(project / "requirements.txt", "missing==0.0")
    assert "wheels 폴더에 이 컴퓨터에 맞는 missing==0.0이(가) 없습니다." in problem(
        course(project, "test")
    )
    (project / "requirements.txt").write_text(REQUIREMENTS, encoding="utf-8")
    hide_wheels(project)
    assert works_quietly(project)


def test_without_network(project):
    hide_wheels(project)
    append(project / "requirements.txt", "missing==0.0")
    assert "인터넷에 연결하지 못했습니다." in problem(course(project, "test"))


@pytest.fixture
def ctrl_c():
    """SIGINT를 무시하는 셸의 뒤에서 실행할 때에도, 시작하는 프로세스가 Ctrl+C를 받게 합니다."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield signal.SIGINT
    signal.signal(signal.SIGINT, before)


@posix_only
def test_interrupted_installation_is_done_again(project, ctrl_c):
    hide_wheels(project)
    append(project / "requirements.txt", "missing==0.0")
    with socket.create_server(("127.0.0.1", 0)) as silent:  # 대답하지 않는 패키지 서버
        silent.settimeout(60)
        url = f"http://127.0.0.1:{silent.getsockname()[1]}/simple"
        child = start(project, "test", PIP_INDEX_URL=url)
        connection, _ = silent.accept()
        os.killpg(child.pid, ctrl_c)
        result = finish(child)
        connection.close()
    assert result.status == 1
    assert result.err.splitlines()[-1].startswith("[멈춤] ")
    assert "Traceback" not in result.err

    # 풀다가 만 패키지를 남긴 채, .venv를 만드는 도중에 한 번 더 끝냄
    [package] = project.glob(".venv/**/pytest/__main__.py")
    package.unlink()
    python, old = project / ".venv" / "bin" / "python", project / ".venv" / "old"
    old.touch()
    (project / "hidden").rename(project / "wheels")
    (project / "requirements.txt").write_text(REQUIREMENTS, encoding="utf-8")
    child = start(project, "test")
    while (old.exists() or not python.exists()) and child.poll() is None:
        time.sleep(0.01)
    assert child.poll() is None, ".venv를 처음부터 다시 만들지 않았습니다."
    os.killpg(child.pid, signal.SIGKILL)
    finish(child)

    assert "설치를 마쳤습니다." in course(project, "test").err
    assert works_quietly(project)


def test_copied_folder_gets_its_own_venv(project, tmp_path):
    copy = tmp_path.resolve() / "복사한 폴더"
    shutil.copytree(project, copy, symlinks=True)
    (project / "seen.json").unlink(missing_ok=True)

    assert "설치를 마쳤습니다." in course(copy, "test").err

    assert str(copy) in seen(copy)["program"]
    assert not (project / "seen.json").exists()
    [pip] = (path for path in Path(copy, ".venv").glob("*/pip*") if path.stem == "pip")
    assert os.fsencode(project) not in pip.read_bytes()


@pytest.mark.parametrize("python", [None, "exit 1", "#!/bin/sh\nexit 1"])
def test_broken_venv_is_made_again(door, monkeypatch, python):
    commands = []

    def run(*command):
        commands.append(command)
        if "venv" in command:
            venv.create(door.VENV, clear=True, symlinks=os.name == "posix")

    monkeypatch.setattr(door, "run", run)
    door.set_up()
    commands.clear()
    Path(door.PYTHON).unlink()
    if python:
        Path(door.PYTHON).write_text(python, encoding="utf-8")
        Path(door.PYTHON).chmod(0o755)

    door.set_up()

    assert "--clear" in commands[0]


def test_python_without_packages_is_made_again(door, monkeypatch):
    """Python의 버전이 올라가면 `.venv`의 Python은 실행되지만 패키지를 찾지 못합니다."""
    commands = []
    monkeypatch.setattr(door, "run", lambda *command: commands.append(command))
    venv.create(door.VENV, symlinks=os.name == "posix")
    door.set_up()
    commands.clear()

    door.set_up()

    assert commands, "패키지가 없는 .venv를 그대로 씁니다."
    assert "--clear" in commands[0]


@posix_only
def test_silent_failure_is_not_taken_for_success(door, monkeypatch):
    Path(door.VENV).mkdir()
    monkeypatch.setattr(sys, "_base_executable", shutil.which("true"))
    monkeypatch.setattr(door, "PYTHON", shutil.which("false"))
    with pytest.raises(SystemExit):
        door.set_up()
    assert not Path(door.READY).exists()


def test_run_returns_only_the_output_of_a_failure(door, capsys):
    lines = [
        "Downloading torch-2.13.0-cp311-cp311-win_amd64.whl (104.2 MB)",
        "  Downloading https://mirror.example/simple/numpy-2.4.6-cp311-none-any.whl (18.0 MB)",
        "Downloading six-1.17.0-py2.py3-none-any.whl (11 kB)",
        "Installing collected packages: 한글",
    ]
    code = f"import sys; print(*{lines!r}, sep='\\n'); sys.exit(len(sys.argv) - 1)"
    assert door.run(sys.executable, "-c", code) is None
    told = capsys.readouterr().err.splitlines()
    assert told[:2] == ["  받는 중: torch (104.2 MB)", "  받는 중: numpy (18.0 MB)"]
    assert len(told) == 3
    assert door.run(sys.executable, "-c", code, "실패").splitlines() == lines


# ---------------------------------------------------------------- 설치할 수 없는 이유


def test_venv_that_is_a_file(fresh):
    (fresh / ".venv").write_text("", encoding="utf-8")
    assert ".venv" in problem(course(fresh, "test"))


def test_missing_list(fresh):
    (fresh / "requirements.txt").unlink()
    result = course(fresh, "test")
    assert "설치하지 못했습니다." in problem(result)
    assert "requirements.txt" in result.err


def test_full_disk(mount):
    assert "디스크가 가득 찼습니다." in problem(course(make_project(mount("6m") / "강의"), "test"))


@pytest.mark.skipif(os.name == "nt", reason="폴더를 읽기 전용으로 만들 수 없음")
def test_read_only_folder(mount, tmp_path):
    is_root = os.geteuid() == 0
    disk = mount("200m") if is_root else tmp_path
    folder = make_project(disk / "강의")
    if is_root:
        subprocess.run(["mount", "-o", "remount,ro", disk], check=True)
    else:
        folder.chmod(0o555)
    assert f"'{folder}'에 쓸 수 없습니다." in problem(course(folder, "test"))


RETRY = (
    "WARNING: Retrying (Retry(total=0, connect=None, read=None, redirect=None, status=None)) after "
    "connection broken by 'NewConnectionError('<pip._vendor.urllib3.connection.HTTPSConnection "
    "object>: Failed to establish a new connection: [Errno 11001] getaddrinfo failed')': "
    "/simple/torch/\n"
)
NO_MATCH = (
    "ERROR: Could not find a version that satisfies the requirement torch==2.13.0 (from versions: "
    "none)\nERROR: No matching distribution found for torch==2.13.0\n"
)
OS_ERROR = "ERROR: Could not install packages due to an OSError: "
LONG_PATH = (
    "[Errno 2] No such file or directory: 'D:\\\\강의\\\\.venv\\\\Lib\\\\a.py'\nHINT: This error "
)
LONG_PATH += (
    "might have occurred since this system does not have Windows Long Path support enabled."
)
NO_VENV = (
    "The virtual environment was not created successfully because ensurepip is not\n"
    "available.  On Debian/Ubuntu systems, you need to install the python3-venv\n"
    "package using the following command.\n\n    apt install python3.11-venv\n"
)
FULL, DENIED, UNKNOWN = "디스크가 가득", "에 쓸 수 없습니다.", "원인은 pip의 마지막 출력에"
OFFLINE, NO_WHEEL = "인터넷에 연결하지", "wheels 폴더에 이 컴퓨터에 맞는 torch==2.13.0이"


@pytest.mark.parametrize(
    ("output", "sentence"),
    [
        (OS_ERROR + "[Errno 28] 장치에 남은 공간이 없음\n", FULL),
        (OS_ERROR + "[WinError 112] 디스크 공간이 부족합니다\n", FULL),
        (OS_ERROR + LONG_PATH, "경로가 너무 깁니다."),
        (NO_VENV, "python3-venv"),
        (OS_ERROR + "[Errno 13] 허가 거부: '.venv/lib'\n", DENIED),
        ("Error: [Errno 30] 읽기전용 파일 시스템: '.venv'\n", DENIED),
        ("Error: [WinError 5] 액세스가 거부되었습니다: '.venv\\\\python.exe'\n", DENIED),
        (OS_ERROR + "[WinError 32] 다른 프로세스가 파일을 사용 중입니다\n", DENIED),
        (RETRY + NO_MATCH, OFFLINE),
        ("Looking in links: /mnt/wheels\n" + RETRY + NO_MATCH, OFFLINE),
        (RETRY.replace("New", "ProxyError and "), OFFLINE),
        ("ReadTimeoutError(\"HTTPSConnectionPool(host='files.pythonhosted.org')\")\n", OFFLINE),
        ("Looking in links: ./wheels\n" + NO_MATCH, NO_WHEEL),
        ("Looking in links: d:\\강의 폴더\\wheels\n" + NO_MATCH, NO_WHEEL),
        (NO_MATCH, "이 컴퓨터와 Python에 맞는 torch==2.13.0이(가) 없습니다."),
        ("Error: Command '['python', '-m', 'ensurepip']' returned exit status 1.\n", UNKNOWN),
        ("Error: [WinError 53] 네트워크 경로를 찾지 못했습니다\n", UNKNOWN),
    ],
)
def test_each_cause_has_its_sentence(door, output, sentence):
    with pytest.raises(SystemExit) as stopped:
        door.stop("Collecting torch==2.13.0\n" + output)
    message = stopped.value.code
    assert message.startswith("[문제] ")
    assert sentence in message.splitlines()[0]
    assert ("\n" in message) == (sentence is UNKNOWN)


def test_unknown_cause_shows_the_end_of_the_output(door):
    with pytest.raises(SystemExit, match="설치하지 못했습니다") as stopped:
        door.stop("처음\n" + 5000 * "." + "\n끝")
    assert stopped.value.code.endswith(".\n끝")
    assert "처음" not in stopped.value.code


# ---------------------------------------------------------------- 명령과 인수


def test_arguments_reach_pytest(project):
    here = project.parent / "다른 폴더"
    here.mkdir()
    for name in ("lesson.ipynb", "test_x.py", "notes.txt"):
        (here / name).touch()
    existing = [str(here / name) for name in ("lesson.ipynb", "test_x.py")]
    others = ["none.py", "notes.txt", "-k", "a or b", "tests/x.py::test_y", "--lf"]

    course(project, "test", "lesson.ipynb", "./test_x.py", *others, here=here)

    shutil.rmtree(here)
    assert seen(project)["arguments"] == existing + others
    assert seen(project)["folder"] == str(project)
    assert Path(seen(project)["program"]).parts[-2:] == ("pytest", "__main__.py")


@pytest.mark.parametrize("verb", ["rerun", "new"])
def test_other_verbs_run_modules_of_the_course(project, verb):
    module = {"rerun": "tests/rerun.py", "new": "door/new.py"}[verb]
    assert course(project, verb, "a.ipynb", "--b") == (0, "", "")
    assert seen(project)["arguments"] == ["a.ipynb", "--b"]
    assert Path(seen(project)["program"]) == project / module


@pytest.mark.parametrize("verb", ["test", "rerun"])
def test_stored_outputs_hold_no_help(project, verb):
    course(project, verb, COURSE_HELP="on")
    assert seen(project)["help"] == "off"


@pytest.mark.parametrize("verb", ["test", "rerun", "new", "edit", "lab"])
def test_exit_status_is_passed_on(project, verb):
    assert course(project, verb, "--exit=3") == (3, "", "")


def test_unknown_verb(fresh):
    before = sorted(fresh.rglob("*"))
    sentence = problem(course(fresh, "tset"))
    assert "'tset'은(는) 없는 명령입니다." in sentence
    for verb in ("lab", "reset", "test", "edit", "rerun", "new"):
        assert re.search(rf"\b{verb}\b", sentence)
    assert sorted(fresh.rglob("*")) == before


@pytest.mark.parametrize("arguments", [["--help"], ["-h"], ["lab", "--help"], ["reset", "-h"]])
def test_help(fresh, arguments):
    before = sorted(fresh.rglob("*"))
    result = course(fresh, *arguments)
    assert (result.status, result.err) == (0, "")
    assert result.out.strip() == ast.get_docstring(TREE).strip()
    assert sorted(fresh.rglob("*")) == before


# ---------------------------------------------------------------- JupyterLab


def open_lab(folder, *arguments, **options):
    """알려 준 주소로 가짜 JupyterLab을 끝내고 `(주소, 종료 상태)`를 돌려줍니다."""
    child = start(folder, *arguments, **options)
    line = next((line.strip() for line in child.stderr if "http://" in line), "")
    address = urlsplit(line)
    assert address.port, finish(child)
    with socket.create_connection(("127.0.0.1", address.port)) as connection:
        connection.sendall(b"stop")
    return address, finish(child).status


def check_lab(folder, address, root, start):
    arguments = seen(folder)["arguments"]
    assert address.hostname == "127.0.0.1"
    assert address.port >= 8888
    assert address.path == "/lab/tree/" + start
    assert parse_qs(address.query) == {"token": [seen(folder)["token"]]}
    assert len(seen(folder)["token"]) >= 32
    assert f"--LabApp.default_url=/lab/tree/{start}" in arguments
    assert f"--ServerApp.root_dir={root}" in arguments
    own = [f"--LabApp.workspaces_dir={root / '.workspaces'}"] if root != folder else []
    assert [one for one in arguments if "workspaces" in one] == own
    assert "--ServerApp.ip=127.0.0.1" in arguments


@pytest.mark.parametrize("verb", [[], ["lab"]])
def test_lab_opens_the_copy_of_the_first_lesson(project, verb):
    before = applied(project)
    address, status = open_lab(project, *verb, "--notify=no")

    assert status == 7  # 가짜 JupyterLab의 종료 상태
    check_lab(project, address, project / "내 강의", quote("00 시작하기.ipynb"))
    assert (project / "내 강의" / "01 선형 회귀.ipynb").exists()
    assert "--notify=no" in seen(project)["arguments"]
    assert seen(project)["help"] is None
    assert seen(project)["progress"] is None
    assert applied(project) == before + 1


def test_lab_opens_the_lesson_saved_last(project):
    open_lab(project)
    append(project / "내 강의" / "01 선형 회귀.ipynb", "\n")
    address, _ = open_lab(project)
    check_lab(project, address, project / "내 강의", quote("01 선형 회귀.ipynb"))


def test_contributors_open_the_course_itself(project):
    before = applied(project)
    address, status = open_lab(project, "edit", "--notify=no")
    assert status == 7
    check_lab(project, address, project, "notebooks/00_start_here.ipynb")
    assert "--notify=no" in seen(project)["arguments"]
    assert applied(project) == before + 1
    assert not (project / "내 강의").exists()


@pytest.mark.parametrize("by", ["option", "variable"])
def test_another_working_folder(project, tmp_path, by):
    """컴퓨터 하나를 여럿이 쓸 때, 진도도 그 폴더에 적습니다."""
    folder = tmp_path / "2반" / "김철수"
    choice = ["--folder", "2반/김철수"] if by == "option" else []
    variable = {"COURSE_FOLDER": str(folder)} if by == "variable" else {}

    address, _ = open_lab(project, *choice, here=tmp_path, **variable)

    check_lab(project, address, folder, quote("00 시작하기.ipynb"))
    assert seen(project)["progress"] == str(folder / ".progress.json")
    assert not (project / "내 강의").exists()
    (folder / "01 선형 회귀.ipynb").write_text(LESSON % "내 것", encoding="utf-8")
    result = course(project, "reset", "1", *choice, here=tmp_path, **variable)
    assert (result.status, result.err[:5]) == (0, "[알림] ")
    assert len(list(folder.glob("01 선형 회귀 (*).ipynb"))) == 1


def test_chosen_progress_is_kept(project, tmp_path):
    open_lab(project, "--folder", tmp_path / "a", COURSE_PROGRESS="off")
    assert seen(project)["progress"] == "off"


def test_reset_without_a_number(project):
    assert "reset 03" in problem(course(project, "reset"))


def test_folder_that_cannot_be_filled(project):
    (project / "내 강의").write_text("", encoding="utf-8")
    assert "폴더가 아니어서" in problem(course(project))
    assert not (project / "seen.json").exists()
    (project / "내 강의").unlink()


def test_taken_port_is_passed_over(project):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        address, _ = open_lab(project, "--port", str(port), "--no-browser", JUPYTER_TOKEN="가나")
    assert port < address.port < port + 100
    assert f"--ServerApp.port={address.port}" in seen(project)["arguments"]
    assert "--no-browser" in seen(project)["arguments"]
    assert address.query == "token=가나"
    assert seen(project)["token"] == "가나"


@posix_only
def test_ctrl_c_ends_the_lab(project, ctrl_c):
    child = start(project, "lab")
    while "http://" not in child.stderr.readline() and child.poll() is None:
        pass
    os.killpg(child.pid, ctrl_c)
    assert finish(child) == (5, "", "")


@pytest.fixture
def launched(door, monkeypatch):
    """JupyterLab을 여는 명령입니다. 실제로 열지는 않습니다."""
    commands = []

    class Child:
        def __init__(self, command, **_):
            commands.append(command)

        def poll(self):
            return 0

        wait = poll

    monkeypatch.setattr(door.subprocess, "Popen", Child)
    monkeypatch.setattr(door.signal, "signal", lambda *_: None)  # 이 프로세스의 Ctrl+C는 그대로
    monkeypatch.setenv("JUPYTER_TOKEN", "token")
    for name in ("DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)
    return commands


@pytest.mark.skipif(os.name == "nt", reason="화면이 늘 있음")
@pytest.mark.parametrize(
    ("platform", "display", "opens"),
    [
        ("linux", None, False),
        ("linux", "DISPLAY", True),
        ("linux", "WAYLAND_DISPLAY", True),
        ("darwin", None, True),
    ],
)
def test_browser_opens_only_on_a_screen(door, launched, monkeypatch, platform, display, opens):
    monkeypatch.setattr(sys, "platform", platform)
    if display:
        monkeypatch.setenv(display, ":0")
    for arguments in ([], ["--no-browser"]):
        door.lab("folder", "start", *door.read_options(arguments))
    assert ["--no-browser" in command for command in launched] == [not opens, True]


@pytest.mark.parametrize("user", [0, 1000])
def test_root_is_allowed(door, launched, monkeypatch, user):
    monkeypatch.setattr(os, "geteuid", lambda: user, raising=False)
    door.lab("folder", "start", *door.read_options([]))
    assert ("--allow-root" in launched[0]) == (user == 0)


@pytest.mark.parametrize("port", ["0", "-1", "65536", "abc"])
def test_impossible_port(door, port):
    with pytest.raises(SystemExit, match=r"^\[문제\] .*--port"):
        door.read_options([f"--port={port}"])


def test_folder_without_a_name(door):
    with pytest.raises(SystemExit, match=r"^\[문제\] .*--folder"):
        door.read_options(["--folder"])


# ---------------------------------------------------------------- Python의 버전


def run_under(version, folder, *arguments):
    """course.py를 `sys.version_info`만 바꾸어 실행합니다."""
    code = (
        f"import sys; sys.version_info = {(*version, 0, 'final', 0)}; sys.argv[:] = sys.argv[1:];"
        "source = open(sys.argv[0], encoding='utf-8').read();"
        "exec(compile(source, sys.argv[0], 'exec'), dict(__name__='__main__', __file__=sys.argv[0]))"
    )
    command = [sys.executable, "-c", code, folder / "course.py", *arguments]
    done = subprocess.run(command, check=False, env=CLEAN, capture_output=True, encoding="utf-8")
    return Result(done.returncode, done.stdout, done.stderr)


@pytest.mark.parametrize("version", [(2, 7), (3, 4), (3, 10), (3, 14), (4, 0)])
def test_other_python_is_refused(fresh, version):
    before = sorted(fresh.rglob("*"))
    sentence = problem(run_under(version, fresh))
    assert "이 Python은 {}.{}입니다.".format(*version) in sentence
    assert "3.11, 3.12, 3.13" in sentence
    assert sorted(fresh.rglob("*")) == before


@pytest.mark.parametrize("version", [(3, 11), (3, 12), (3, 13)])
def test_right_python_is_accepted(fresh, version):
    assert run_under(version, fresh, "--help").status == 0


def test_old_python_can_read_the_file():
    ast.parse(SOURCE, feature_version=(3, 4))
    assert SOURCE.startswith("# -*- coding: utf-8 -*-\n")
    new = (
        ast.JoinedStr, ast.AnnAssign, ast.NamedExpr, ast.Nonlocal, ast.YieldFrom, ast.Await,
        ast.AsyncFunctionDef, ast.Match,
    )  # fmt: skip
    for node in ast.walk(TREE):
        line = f"{getattr(node, 'lineno', 0)}번째 줄은 Python 2.7이 읽지 못합니다."
        assert not isinstance(node, new), line
        if isinstance(node, (ast.List, ast.Tuple, ast.Set)):
            assert not any(isinstance(item, ast.Starred) for item in node.elts), line
        elif isinstance(node, ast.Call):
            assert not any(isinstance(item, ast.Starred) for item in node.args[:-1]), line
            assert sum(keyword.arg is None for keyword in node.keywords) <= 1, line
        elif isinstance(node, ast.Dict):
            assert None not in node.keys, line
        elif isinstance(node, ast.arguments):
            assert not node.kwonlyargs, line
        elif isinstance(node, ast.Raise):
            assert node.cause is None, line


def modules(nodes):
    """import하는 모듈의 이름입니다."""
    for node in nodes:
        if isinstance(node, ast.ImportFrom):
            yield node.module
        elif isinstance(node, ast.Import):
            yield from (item.name for item in node.names)


def test_version_is_checked_before_modules_that_old_pythons_lack():
    gate = next(i for i, node in enumerate(TREE.body) if isinstance(node, ast.If))
    assert set(modules(TREE.body[:gate])) == {"__future__", "sys"}


def test_only_the_standard_library_is_imported():
    assert set(modules(ast.walk(TREE))) <= sys.stdlib_module_names
