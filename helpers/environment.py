"""강의를 실행할 준비가 되었는지 검사합니다. 검사마다 한 줄로 알리고, 고치는 법을 함께 적습니다."""

import re
import sys
from importlib import metadata
from pathlib import Path

from helpers import data, plotting

ROOT = Path(__file__).resolve().parent.parent
REINSTALL = "강의 폴더의 .venv 폴더를 지우고 명령 창에서 'python course.py'를 실행합니다"


def _check_python():
    found = "{}.{}".format(*sys.version_info)
    if not (3, 11) <= sys.version_info[:2] <= (3, 13):
        return f"{found}에서는 실행할 수 없습니다 / Python 3.11-3.13을 설치하고 {REINSTALL}"


def _check_packages():
    pins = re.findall(
        r"^([\w-]+)==(\S+)", (ROOT / "requirements.txt").read_text("utf-8"), re.MULTILINE
    )
    for name, wanted in pins:
        try:
            found = metadata.version(name).split("+")[0]
        except metadata.PackageNotFoundError:
            return f"{name}이(가) 없습니다 / {REINSTALL}"
        if found != wanted:
            return f"{name}은(는) {wanted}이어야 하는데 {found}입니다 / {REINSTALL}"


def _check_font():
    try:
        plotting.use_korean_font()
    except RuntimeError as error:
        return f"그림의 한글이 네모로 나옵니다 / {error}"


def _check_kernel():
    if not Path(sys.prefix).resolve().is_relative_to(ROOT):
        return (
            f"강의 폴더의 Python이 아니라 {sys.prefix}의 Python으로 실행되고 있습니다"
            " / 'python course.py'로 열거나, 커널을 강의 폴더의 .venv로 바꿉니다"
        )


def _check_data():
    try:
        data.load_house_prices()
        data.load_house_prices(scaled=True)
    except (OSError, ValueError) as error:
        return f"데이터를 읽지 못했습니다 / {error}"


CHECKS = {  # 이름: (정상일 때의 말, 문제를 글로 돌려주는 함수)
    "Python": ("3.11-3.13입니다", _check_python),
    "패키지": ("requirements.txt에 적힌 버전과 같습니다", _check_packages),
    "글꼴": ("그림에 한글을 쓸 수 있습니다", _check_font),
    "커널": ("강의 폴더의 Python으로 실행되고 있습니다", _check_kernel),
    "데이터": ("파일이 원본 그대로입니다", _check_data),
}


def check_environment():
    """Python, 패키지, 글꼴, 커널, 데이터를 검사해 `[정상]` 또는 `[문제]`로 한 줄씩 알립니다.

    Returns:
        문제가 있는 검사의 이름 목록. 비어 있으면 준비가 끝난 것입니다.
    """
    problems = []
    for name, (fine, check) in CHECKS.items():
        complaint = check()
        print(f"[문제] {name}: {complaint}" if complaint else f"[정상] {name}: {fine}")
        if complaint:
            problems.append(name)
    return problems
