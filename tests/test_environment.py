"""helpers/environment.py가 문제를 하나씩 알아채고 고치는 법을 알리는지 검사합니다."""

import importlib.util
import os
import re
import sys
from importlib import metadata

import matplotlib as mpl
import pytest

from helpers import data, environment

NAMES = ["Python", "패키지", "글꼴", "커널", "데이터"]
REINSTALL = "python course.py"


@pytest.fixture(autouse=True)
def course_python(monkeypatch):
    """강의 폴더의 Python에서 실행하는 것처럼 만들고, 그림 설정은 끝난 뒤에 되돌립니다."""
    monkeypatch.setattr(sys, "prefix", str(environment.ROOT / ".venv"))
    with mpl.rc_context():
        yield


def old_python(monkeypatch, _):
    monkeypatch.setattr(sys, "version_info", (3, 10, 4))


def new_python(monkeypatch, _):
    monkeypatch.setattr(sys, "version_info", (3, 14, 0))


def change_version(monkeypatch, change):
    real = metadata.version
    monkeypatch.setattr(metadata, "version", lambda name: change(name, real(name)))


def missing_package(monkeypatch, _):
    def change(name, found):
        if name == "nbval":
            raise metadata.PackageNotFoundError(name)
        return found

    change_version(monkeypatch, change)


def other_version(monkeypatch, _):
    change_version(monkeypatch, lambda name, found: found + "0" * (name == "numpy"))


def missing_font(monkeypatch, _):
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)


def other_kernel(monkeypatch, tmp_path):
    monkeypatch.setattr(sys, "prefix", str(tmp_path))


def missing_data(monkeypatch, tmp_path):
    monkeypatch.setattr(data, "DATA_DIR", tmp_path)


def altered_data(name, monkeypatch, tmp_path):
    for path in data.DATA_DIR.glob("*.csv"):
        (tmp_path / path.name).write_bytes(path.read_bytes())
    (tmp_path / name).write_bytes((tmp_path / name).read_bytes().replace(b"1", b"2", 1))
    monkeypatch.setattr(data, "DATA_DIR", tmp_path)


def altered_raw_data(*arguments):
    altered_data("boston.csv", *arguments)


def altered_scaled_data(*arguments):
    altered_data("reg.csv", *arguments)


PROBLEMS = [  # (망가뜨리는 함수, 알아챌 검사, 문제의 정규식, 고치는 법에 있는 말)
    (old_python, "Python", r"3\.10", "3.11-3.13"),
    (new_python, "Python", r"3\.14", "3.11-3.13"),
    (missing_package, "패키지", "nbval", REINSTALL),
    (
        other_version,
        "패키지",
        r"numpy은\(는\) (?P<pin>\S+)이어야 하는데 (?P=pin)0입니다",
        REINSTALL,
    ),
    (missing_font, "글꼴", "한글", REINSTALL),
    (other_kernel, "커널", "Python", REINSTALL),
    (missing_data, "데이터", "데이터", "boston.csv"),
    (altered_raw_data, "데이터", "데이터", "boston.csv"),
    (altered_scaled_data, "데이터", "데이터", "reg.csv"),
]


def test_everything_is_fine(capsys):
    assert environment.check_environment() == []
    lines = capsys.readouterr().out.splitlines()
    assert [line.split(":")[0] for line in lines] == [f"[정상] {name}" for name in NAMES]


@pytest.mark.parametrize(("spoil", "name", "what", "remedy"), PROBLEMS)
def test_one_problem_is_one_line(monkeypatch, tmp_path, capsys, spoil, name, what, remedy):
    spoil(monkeypatch, tmp_path)

    assert environment.check_environment() == [name]

    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == len(NAMES)
    [line] = (line for line in lines if not line.startswith("[정상] "))
    assert line.startswith(f"[문제] {name}: ")
    complaint, advice = line.split(" / ")
    assert re.search(what, complaint)
    assert remedy in advice


def test_several_problems_are_all_told(monkeypatch, tmp_path, capsys):
    for spoil in (other_version, other_kernel, missing_data):
        spoil(monkeypatch, tmp_path)
    assert environment.check_environment() == ["패키지", "커널", "데이터"]
    assert capsys.readouterr().out.count("[문제] ") == 3


@pytest.mark.parametrize("suffix", ["+cpu", "+cu130"])
def test_build_of_the_same_version_is_fine(monkeypatch, suffix):
    change_version(monkeypatch, lambda name, found: found.split("+")[0] + suffix)
    assert environment.check_environment() == []


def test_folder_whose_name_begins_alike_is_another_kernel(monkeypatch):
    monkeypatch.setattr(sys, "prefix", f"{environment.ROOT}-copy{os.sep}.venv")
    assert environment.check_environment() == ["커널"]
