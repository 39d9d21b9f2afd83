"""학습자의 작업 폴더입니다. 강의의 복사본을 채우되, 학습자가 손댄 것은 덮어쓰지 않습니다.

python -m door.copies lab 폴더              복사본을 채우고, JupyterLab에서 열 강의의 주소를 출력합니다
python -m door.copies reset 폴더 번호 ...   새 복사본을 놓고, 쓰던 것은 이름에 날짜를 붙여 옆에 둡니다

손댄 것은 셀의 종류나 글이 처음과 다르거나 실행한 흔적이 있는 것입니다. 메타데이터와 파일의 모양은 JupyterLab에서 열기만 해도
바뀌므로 보지 않습니다. 어떤 내용으로 만들었는지는 `.course.json`에 적어 둡니다. 이 기록을 믿을 수 없으면 지금의 원본과 같은
것만 손대지 않은 것으로 봅니다.
"""

import contextlib
import datetime
import errno
import json
import os
import re
import sys
from collections import defaultdict
from pathlib import Path
from urllib.parse import quote

from door import settings
from door.originals import SOLUTIONS, digest, fingerprint, label, parse, plan

ROOT = Path(__file__).resolve().parent.parent
RECORD = ".course.json"

# ---------------------------------------------------------------- 작업 폴더의 파일

MISSING, CURRENT, OLD, TOUCHED, BROKEN = "missing", "current", "old", "touched", "broken"


def examine(path, wanted, made):
    """복사본의 상태입니다. `wanted`는 지금 원본의 지문, `made`는 복사본을 만든 내용의 지문입니다."""
    if path.is_dir():
        return BROKEN
    try:
        data = path.read_bytes()
        found = fingerprint(parse(data)) if path.suffix == ".ipynb" else digest(data)
    except FileNotFoundError:
        return MISSING
    except ValueError:
        return BROKEN
    if found == wanted:
        return CURRENT
    return OLD if found == made else TOUCHED


def write(path, data):
    """다 쓴 다음에 바꾸므로 중간에 멈추어도 원래 파일이 남습니다."""
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        unfinished.write_bytes(data)
        os.replace(unfinished, path)
    finally:
        with contextlib.suppress(OSError):
            unfinished.unlink(missing_ok=True)


def was_saved(path):
    """학습자가 저장한 적이 있는 노트북인지 봅니다. 우리는 한 줄로 쓰고, JupyterLab은 여러 줄로 씁니다."""
    return path.suffix == ".ipynb" and path.exists() and b"\n" in path.read_bytes()


def renew(path, data):
    """손대지 않은 복사본을 새로 씁니다. 저장한 적이 있으면 그 시각을 남겨, 다음에 여는 강의가 바뀌지 않게 합니다."""
    if not was_saved(path):
        write(path, data)
        return
    saved = path.stat()
    write(path, data + b"\n")
    os.utime(path, ns=(saved.st_atime_ns, saved.st_mtime_ns))


def replace(path, data, aside):
    """있던 것을 `aside`로 옮기고 새로 씁니다. 쓰지 못하면 제자리로 되돌립니다."""
    if aside:
        path.rename(aside)
    try:
        write(path, data)
    except OSError:
        if aside:
            aside.rename(path)
        raise


def dated(path):
    """지금의 날짜와 시각을 붙인, 아직 없는 이름입니다."""
    stamp, number = f"{datetime.datetime.now():%Y-%m-%d %H.%M}", 1
    while True:
        again = f"-{number}" if number > 1 else ""
        aside = path.with_name(f"{path.stem} ({stamp}{again}){path.suffix}")
        if not os.path.lexists(aside):
            return aside
        number += 1


def read_record(folder):
    """원본마다 복사본의 이름(name), 만든 내용(made)과 알린 내용(told)의 지문입니다.

    없거나 깨졌거나 손으로 고친 기록은 빈 것으로 봅니다.
    """
    try:
        record = json.loads((folder / RECORD).read_text(encoding="utf-8"))
        return record["copies"] if record["check"] == checksum(record["copies"]) else {}
    except (OSError, ValueError, LookupError, TypeError, RecursionError):
        return {}


def checksum(copies):
    return digest(json.dumps(copies).encode())


# ---------------------------------------------------------------- 알림

KEPT = "그대로 두었으니, 새로 받으려면 'python course.py reset {arguments}' 명령을 실행하십시오."
AGAIN = "확인하고 다시 실행하십시오."
SENTENCES = {
    "original": "[문제] 원본 {names}이(가) 깨져 복사하지 못했으니, 강의를 다시 내려받으십시오.",
    "broken": "[문제] 읽을 수 없는 {names}의 복사본은 " + KEPT,
    "foreign": "[문제] 강의가 만든 것인지 알 수 없는 {names}의 복사본은 " + KEPT,
    "changed": "[알림] 강의가 바뀌었지만 고치거나 실행한 {names}의 복사본은 " + KEPT,
    "open": "[알림] {names}의 탭이 JupyterLab에 열려 있으면 닫았다가 다시 여십시오.",
    "renamed": "[알림] 제목이 바뀐 강의를 새 이름으로 복사하고, {names}은(는) 그대로 두었습니다.",
    "full": "[문제] 디스크가 가득 차서 {files}을(를) 쓰지 못했으니, 남은 공간을 " + AGAIN,
    "denied": "[문제] {files}을(를) 쓸 수 없으니, 폴더의 권한과 그 파일을 연 프로그램을 " + AGAIN,
    "in the way": "[문제] '{folder}'이(가) 폴더가 아니어서 복사하지 못했으니, 그 파일을 " + AGAIN,
    "failed": "[문제] {files}을(를) 읽거나 쓰지 못했으니, 디스크를 " + AGAIN,
}
CAUSES = {
    **dict.fromkeys([errno.ENOSPC, errno.EDQUOT], "full"),
    **dict.fromkeys([errno.EACCES, errno.EPERM, errno.EROFS], "denied"),
    **dict.fromkeys([errno.EEXIST, errno.ENOTDIR], "in the way"),
}


class Notices:
    """학습자에게 알릴 일을 모았다가, 같은 일은 한 문장으로 알립니다."""

    def __init__(self):
        self.names = defaultdict(list)

    def add(self, kind, name):
        self.names[kind].append(name)

    @contextlib.contextmanager
    def about(self, path):
        """파일 하나를 읽고 쓰다가 난 오류를 알릴 일로 바꿉니다."""
        try:
            yield
        except OSError as error:
            self.add(CAUSES.get(error.errno, "failed"), str(path))

    @property
    def has_problem(self):
        return any(SENTENCES[kind].startswith("[문제]") for kind in self.names)

    def tell(self):
        for kind, names in self.names.items():
            others = f" 등 파일 {len(names)}개" if names[1:] else ""
            words = {
                "names": ", ".join(names),
                "arguments": " ".join(names),
                "files": f"'{names[0]}'{others}",
                "folder": os.path.dirname(names[0]),
            }
            print(SENTENCES[kind].format(**words), file=sys.stderr)


# ---------------------------------------------------------------- 작업 폴더


class Desk:
    """작업 폴더 하나입니다."""

    def __init__(self, root, folder):
        self.folder = folder
        self.record = read_record(folder)
        self.before = dict(self.record)
        self.copies, self.broken = plan(root, self.record)
        self.notices = Notices()

    def fill(self):
        """복사본을 채우고 새로 합니다. 하나에 문제가 있어도 나머지는 이어 갑니다."""
        for key in self.broken:
            self.notices.add("original", key)
        for copy in self.copies:
            with self.notices.about(self.folder / copy.name):
                self.fill_one(copy)
        ignored = self.folder / ".gitignore"  # 작업 폴더가 강의 폴더 안에 있어도 git이 보지 않게 함
        with self.notices.about(ignored):
            if not ignored.exists():
                write(ignored, b"*\n")
        self.save_record()

    def fill_one(self, copy):
        path, made, told = self.locate(copy)
        state = examine(path, copy.digest, made)
        if state in (MISSING, OLD):
            renew(path, copy.data)
        if state in (MISSING, OLD, CURRENT):
            self.remember(copy, copy.digest)
        elif state == BROKEN:
            self.notices.add("broken", label(copy.key))
        elif copy.digest not in (made, told):
            self.notices.add("changed" if made else "foreign", label(copy.key))
            self.remember(copy, made, copy.digest)

    def locate(self, copy):
        """복사본의 경로와, 기록에 있는 지문 둘입니다. 제목이 바뀐 강의는 손대지 않은 복사본의 이름도 바꿉니다."""
        path = self.folder / copy.name
        entry = self.record.get(copy.key, {"name": copy.name, "made": None, "told": None})
        old = self.folder / entry["name"]
        if old != path and (state := examine(old, None, entry["made"])) != MISSING:
            if state != OLD or os.path.lexists(path):
                self.notices.add("renamed", f"'{entry['name']}'")
                return path, None, None
            path.parent.mkdir(parents=True, exist_ok=True)
            old.rename(path)
        return path, entry["made"], entry["told"]

    def reset(self, copy):
        """새 복사본을 놓고, 한 일을 알립니다. 쓰던 것은 이름에 날짜를 붙여 옆에 둡니다."""
        path, made, _ = self.locate(copy)
        state = examine(path, copy.digest, made)
        if state == CURRENT:
            print(f"{label(copy.key)}의 복사본은 처음 그대로여서 바꾸지 않았습니다.")
            return
        aside = dated(path) if state in (TOUCHED, BROKEN) else None
        replace(path, copy.data + (b"\n" if path.suffix == ".ipynb" else b""), aside)
        self.remember(copy, copy.digest)
        if aside:
            print(f"{label(copy.key)}의 새 복사본을 놓고, 쓰던 것은 '{aside}'에 두었습니다.")
            self.notices.add("open", label(copy.key))
        else:
            print(f"{label(copy.key)}의 새 복사본을 놓았습니다.")

    def remember(self, copy, made, told=None):
        self.record[copy.key] = {"name": copy.name, "made": made, "told": told}

    def save_record(self):
        if self.record != self.before:
            record = {"copies": self.record, "check": checksum(self.record)}
            with self.notices.about(self.folder / RECORD):
                write(self.folder / RECORD, json.dumps(record, ensure_ascii=False).encode())

    def last_used(self):
        """마지막으로 저장한 강의, 없으면 첫 강의의 이름입니다. 열 수 있는 강의가 없으면 None입니다."""
        lessons = [copy.name for copy in self.copies if is_lesson(copy.key)]
        lessons = [name for name in lessons if can_open(self.folder / name)]
        saved = [name for name in lessons if was_saved(self.folder / name)]
        return max(saved, key=self.saved_at) if saved else next(iter(lessons), None)

    def saved_at(self, name):
        return (self.folder / name).stat().st_mtime_ns


def is_lesson(key):
    return key.endswith(".ipynb") and not key.startswith(SOLUTIONS)


def can_open(path):
    with contextlib.suppress(OSError, ValueError):
        return bool(parse(path.read_bytes()))
    return False


# ---------------------------------------------------------------- 명령


def lab(root, folder):
    """복사본을 채우고, JupyterLab에서 열 강의의 주소를 출력합니다."""
    desk = Desk(root, folder)
    desk.fill()
    desk.notices.tell()
    start = desk.last_used()
    if start:
        print(quote(start))
    elif not desk.notices.has_problem:
        sys.exit("[문제] notebooks 폴더에 강의가 없으니, 강의를 다시 내려받으십시오.")
    return 0 if start else 1


def reset(root, folder, numbers):
    """번호를 모두 확인한 다음, 하나씩 새 복사본을 놓습니다."""
    if not numbers:
        sys.exit("[문제] 새로 받을 강의의 번호를 'python course.py reset 03'처럼 쓰십시오.")
    desk = Desk(root, folder)
    found = {label(copy.key): copy for copy in desk.copies}
    found |= {label(key): key for key in desk.broken}
    wanted = dict.fromkeys(re.sub(r"(^|/)(\d)$", r"\g<1>0\2", number) for number in numbers)
    for name in wanted:
        if name not in found:
            lessons = ", ".join(name for name in found if name.isdigit())
            sys.exit(f"[문제] '{name}'은(는) 없는 강의이니, {lessons} 중에서 골라 쓰십시오.")
    for copy in (found[name] for name in wanted):
        if isinstance(copy, str):
            desk.notices.add("original", copy)
            continue
        with desk.notices.about(desk.folder / copy.name):
            desk.reset(copy)
    desk.save_record()
    desk.notices.tell()
    return 1 if desk.notices.has_problem else 0


def main(verb, folder, *numbers):
    folder = Path(folder).resolve()
    notebooks = ROOT / "notebooks"
    if folder.is_relative_to(notebooks) or notebooks.is_relative_to(folder):
        sys.exit(f"[문제] '{folder}'에는 원본이 있으니, 작업 폴더로 다른 폴더를 고르십시오.")
    if verb == "reset":
        return reset(ROOT, folder, numbers)
    settings.apply()
    return lab(ROOT, folder)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
