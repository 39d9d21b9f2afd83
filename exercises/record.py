"""맞힌 연습을 사용자 폴더의 작은 파일 하나에 적습니다. 파일이 없거나 깨졌거나 쓸 수 없어도 공부는 이어집니다."""

import contextlib
import datetime
import json
import os
from pathlib import Path

SWITCH = "COURSE_PROGRESS"  # 다른 파일의 경로. "off"이면 적지 않음


def path():
    """진도 파일의 경로입니다. 적지 않기로 했으면 None입니다."""
    chosen = os.environ.get(SWITCH, "")
    if chosen == "off":
        return None
    with contextlib.suppress(RuntimeError):  # 사용자 폴더를 알 수 없음
        return Path(chosen) if chosen else Path.home() / ".korean-pytorch-course.json"
    return None


def read():
    """맞힌 연습의 번호마다 처음 맞힌 날짜입니다. 읽을 수 없으면 빈 딕셔너리입니다."""
    file = path()
    try:
        passed = json.loads(file.read_text(encoding="utf-8")) if file else {}
    except (OSError, ValueError):
        return {}
    return passed if isinstance(passed, dict) else {}


def add(exercise_id):
    """맞힌 연습을 더합니다. 깨진 파일은 이름 뒤에 .broken을 붙여 남겨 두고 새로 씁니다."""
    file, passed = path(), read()
    if file is None or exercise_id in passed:
        return
    passed[exercise_id] = datetime.date.today().isoformat()
    with contextlib.suppress(OSError, ValueError):  # 경로일 수 없는 글은 ValueError
        broken = file.exists() and _is_broken(file)
        unfinished = file.with_name(file.name + ".tmp")
        unfinished.write_text(json.dumps(passed, indent=1), encoding="utf-8")
        if broken:
            os.replace(file, file.with_name(file.name + ".broken"))
        os.replace(unfinished, file)


def _is_broken(file):
    """읽을 수는 있지만 진도가 아닌 파일입니다. 지금 읽을 수 없으면(폴더, 잠긴 파일) OSError입니다."""
    try:
        return not isinstance(json.loads(file.read_bytes().decode("utf-8")), dict)
    except ValueError:
        return True
