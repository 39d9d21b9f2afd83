# -*- coding: utf-8 -*-
"""강의를 여는 프로그램입니다. Python 3.11-3.13만 있으면 나머지는 이 파일이 준비합니다.

python course.py                      JupyterLab에서 마지막으로 저장한 강의를 엽니다. 뒤에 lab을 붙여도 같습니다
python course.py lab --folder 폴더    '내 강의' 대신 쓸 작업 폴더를 고릅니다. --no-browser, --port 9000도 됩니다
python course.py reset 03 [번호 ...]  새 복사본을 놓고, 쓰던 것은 이름에 날짜를 붙여 옆에 둡니다
python course.py test [pytest 인수]   모든 노트북을 다시 실행해 저장된 결과와 비교합니다

강의를 고치는 사람은 다음도 씁니다.

python course.py edit                 JupyterLab에서 원본이 있는 강의 폴더를 엽니다
python course.py rerun [노트북 ...]   노트북을 새 커널에서 다시 실행해 저장합니다
python course.py new 13 topic         새 강의의 뼈대를 만듭니다
"""

from __future__ import print_function, unicode_literals

import sys

if (
    not (3, 11) <= sys.version_info[:2] <= (3, 13)
):  # 옛 Python도 여기까지는 읽고 실행할 수 있게 쓴 파일
    message = "[문제] 이 Python은 {}.{}입니다. Python 3.11, 3.12, 3.13 중 하나로 실행하십시오."
    message = message.format(*sys.version_info[:2])
    sys.exit(message.encode("utf-8") if bytes is str else message)

import argparse
import hashlib
import os
import re
import secrets
import shutil
import signal
import socket
import subprocess
import time

ROOT = os.path.dirname(os.path.abspath(__file__))
VENV = os.path.join(ROOT, ".venv")
READY = os.path.join(VENV, "course-ready")  # 설치가 끝까지 된 뒤에만 생기는 표시
WHEELS = os.path.join(ROOT, "wheels")  # 이 폴더가 있으면 인터넷 대신 여기서 설치
PYTHON = os.path.join(VENV, *(["Scripts", "python.exe"] if os.name == "nt" else ["bin", "python"]))
FOLDER = os.path.join(ROOT, "내 강의")  # 학습자의 작업 폴더
START = "notebooks/00_start_here.ipynb"  # 강의를 고치는 사람이 처음 보는 노트북
MODULES = {"test": "pytest", "rerun": "tests.rerun", "new": "door.new"}
VERBS = ["lab", "reset", "test", "edit", "rerun", "new"]
CAUSES = [  # (출력에서 찾는 말, 알릴 문장). 위에서부터 처음 맞는 것
    (
        "Errno 28|WinError 112|No space left",
        "디스크가 가득 찼습니다. 4 GB를 비우고 다시 실행하십시오.",
    ),
    ("Long Path", "폴더의 경로가 너무 깁니다. C:\\course처럼 짧은 경로로 옮겨 다시 실행하십시오."),
    (
        r"ensurepip is not\s+available|No module named '?(?:ensurepip|venv)",
        "이 Python에는 venv가 없습니다. 'sudo apt install python3-venv'를 먼저 실행하십시오.",
    ),
    (
        r"(?:Errno 20|WinError 267)\b.*\.venv",
        "'{root}'의 .venv가 폴더가 아닙니다. 그 파일을 지우고 다시 실행하십시오.",
    ),
    (
        r"Errno 13|Errno 30|WinError (?:5|32)\b|Permission denied|Read-only",
        "'{root}'에 쓸 수 없습니다. 열린 JupyterLab을 닫거나, 쓰기 권한이 있는 폴더로 옮겨 다시 실행하십시오.",
    ),
    (
        "Connection|ConnectTimeout|ReadTimeout|ProxyError|SSLError|Max retries|IncompleteRead|name resolution",
        "인터넷에 연결하지 못했습니다. 연결을 확인하고 다시 실행하거나, README의 '인터넷이 없는 교실'을 보십시오.",
    ),
    (
        r"Looking in links: [^\n]*wheels[\s\S]*No matching distribution found for (\S+)",
        "wheels 폴더에 이 컴퓨터에 맞는 {0}이(가) 없습니다. 같은 운영 체제와 Python에서 다시 받으십시오.",
    ),
    (
        r"No matching distribution found for (\S+)",
        "이 컴퓨터와 Python에 맞는 {0}이(가) 없습니다. 64비트 Python 3.11-3.13으로 다시 실행하십시오.",
    ),
]


def say(text):
    print(text, file=sys.stderr)
    sys.stderr.flush()


def stop(output):
    """출력에서 원인을 찾아 한 문장으로 알리고 끝냅니다."""
    if shutil.disk_usage(ROOT).free < 50e6:  # 이때 venv와 pip은 다른 말을 하기도 함
        output = "No space left"
    for pattern, sentence in CAUSES:
        match = re.search(pattern, output)
        if match:
            sys.exit("[문제] " + sentence.format(*match.groups(), root=ROOT))
    sys.exit("[문제] 설치하지 못했습니다. 원인은 pip의 마지막 출력에 있습니다.\n" + output[-1500:])


def read(path):
    with open(path, encoding="utf-8") as file:
        return file.read()


def write(path, text):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)


def run(*command):
    """명령을 실행하고, 실패하면 출력을, 성공하면 None을 돌려줍니다. 큰 파일을 받을 때마다 알립니다."""
    env = dict(os.environ, PYTHONUTF8="1", PYTHONUNBUFFERED="1", PIP_USER="0")
    child = subprocess.Popen(
        command, cwd=ROOT, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )
    output = ""
    for line in child.stdout:
        line = line.decode("utf-8", "replace")
        output += line
        big = re.match(r"\s*Downloading (?:\S*/)?(\w+)\S* \((.* MB)\)", line)
        if big:
            say("  받는 중: {} ({})".format(*big.groups()))
        elif line.startswith("Installing collected"):
            say("  받은 패키지를 푸는 중 (1-3분)")
    return (output or "?") if child.wait() else None


def works():
    """.venv의 Python이 실행되고 패키지를 찾는지 봅니다."""
    try:
        return subprocess.call([PYTHON, "-c", "import pip"], stderr=subprocess.DEVNULL) == 0
    except OSError:
        return False


def set_lab():
    """JupyterLab과 커널의 설정을 .venv 안에 씁니다."""
    complaint = run(PYTHON, "-m", "door.settings")
    if complaint:  # 설정이 없어도 강의는 열 수 있음
        say(complaint.strip())


def set_up():
    """.venv를 만듭니다. 끝나지 않은 설치는 처음부터, 목록이 바뀐 설치는 바뀐 것만 다시 합니다."""
    listed = [read(os.path.join(ROOT, name)) for name in ("requirements.txt", "pyproject.toml")]
    wanted = ROOT + "\n" + hashlib.sha256("".join(listed).encode("utf-8")).hexdigest()
    before = read(READY) if os.path.exists(READY) and works() else ""
    if not before.startswith(ROOT + "\n"):  # 다른 곳에서 복사해 온 폴더
        before = ""
    if before == wanted:
        return
    if before:
        say("패키지 목록이 바뀌어 바뀐 것만 다시 설치합니다.")
        os.remove(READY)
    else:
        say("처음 한 번, 필요한 패키지를 .venv 폴더에 설치합니다. 2-15분 걸립니다.")
        python = getattr(sys, "_base_executable", None) or sys.executable
        failure = run(python, "-m", "venv", "--clear", VENV)
        if failure:
            stop(failure)
    source = ["--no-index", "--find-links", WHEELS] if os.path.isdir(WHEELS) else []
    pip = [PYTHON, "-m", "pip", "install", "--disable-pip-version-check", "--no-input"] + source
    failure = run(*pip + ["-r", os.path.join(ROOT, "requirements.txt")])
    if failure:
        if before:
            write(READY, before)
        stop(failure)
    set_lab()
    write(READY, wanted)
    say("설치를 마쳤습니다.")


def launch(command, **env):
    """강의 폴더에서 프로그램을 시작합니다. Ctrl+C는 그 프로그램도 받으므로, 여기서는 끝나기를 기다립니다."""
    child = subprocess.Popen(command, cwd=ROOT, env=dict(os.environ, **env))
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    return child


def in_use(port):
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def has_screen():
    return (
        os.name == "nt"
        or sys.platform == "darwin"
        or bool({"DISPLAY", "WAYLAND_DISPLAY"} & set(os.environ))
    )


def read_options(arguments):
    """우리가 쓰는 인수와 나머지를 나눕니다."""
    parser = argparse.ArgumentParser(add_help=False, allow_abbrev=False)
    parser.add_argument("--port", type=int, default=8888)
    parser.add_argument("--no-browser", action="store_true")
    parser.add_argument("--folder", default=os.environ.get("COURSE_FOLDER"))
    parser.error = lambda _: sys.exit(
        "[문제] --port에는 1-65535의 수를, --folder에는 폴더를 쓰십시오."
    )
    options, rest = parser.parse_known_args(arguments)
    if not 0 < options.port < 65536:
        parser.error("")
    if options.folder:  # 여럿이 쓰는 컴퓨터이므로 진도도 작업 폴더마다 따로 적음
        options.folder = os.path.abspath(options.folder)
        progress = os.path.join(options.folder, ".progress.json")
        os.environ.setdefault("COURSE_PROGRESS", progress)
    options.folder = options.folder or FOLDER
    return options, rest


def fill(folder):
    """작업 폴더의 복사본을 채우고, JupyterLab에서 열 강의의 주소를 돌려줍니다."""
    command = [PYTHON, "-m", "door.copies", "lab", folder]
    child = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE)
    start = child.communicate()[0].decode("ascii").strip()
    if child.returncode:
        sys.exit(child.returncode)
    return start


def lab(folder, start, options, rest):
    """JupyterLab을 열고, 응답하기 시작하면 주소를 알립니다."""
    port = next(port for port in range(options.port, 65536) if not in_use(port))
    token = os.environ.setdefault("JUPYTER_TOKEN", secrets.token_hex(24))
    command = [PYTHON, "-m", "jupyterlab", "--ServerApp.answer_yes=True"]
    command += ["--ServerApp.root_dir=" + folder, "--LabApp.default_url=/lab/tree/" + start]
    if folder != ROOT:  # 열어 둔 탭은 작업 폴더마다 따로
        command += ["--LabApp.workspaces_dir=" + os.path.join(folder, ".workspaces")]
    command += [
        "--ServerApp.ip=127.0.0.1",
        "--ServerApp.port=%d" % port,
        "--ServerApp.port_retries=0",
    ]
    command += ["--log-level=ERROR", "--ExtensionApp.log_level=ERROR"]
    command += ["--allow-root"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
    command += ["--no-browser"] if options.no_browser or not has_screen() else []
    child = launch(command + rest)
    while child.poll() is None and not in_use(port):
        time.sleep(0.2)
    if child.poll() is None:
        say(
            "JupyterLab을 열었습니다. 브라우저가 열리지 않으면 이 주소를 여십시오. 끝내려면 Ctrl+C를 누르십시오."
        )
        say("  http://127.0.0.1:{}/lab/tree/{}?token={}".format(port, start, token))
    return child.wait()


def absolute(argument):
    """있는 파일이면 어느 폴더에서도 찾을 수 있는 경로로 바꿉니다."""
    is_file = re.search(r"\.(ipynb|py)$", argument) and os.path.exists(argument)
    return os.path.abspath(argument) if is_file else argument


def main(arguments):
    verb = arguments.pop(0) if arguments and not arguments[0].startswith("-") else "lab"
    if verb not in VERBS:
        verbs = ", ".join(VERBS)
        sys.exit("[문제] '{}'은(는) 없는 명령입니다. {} 중 하나를 쓰십시오.".format(verb, verbs))
    if verb not in MODULES and {"-h", "--help"} & set(arguments):
        sys.exit(print(__doc__))
    options, rest = (None, arguments) if verb in MODULES else read_options(arguments)
    try:
        set_up()
    except KeyboardInterrupt:
        sys.exit("\n[멈춤] 설치를 멈췄습니다. 같은 명령을 다시 실행하면 다시 설치합니다.")
    except OSError as error:
        stop(str(error))
    if verb == "lab":
        return lab(options.folder, fill(options.folder), options, rest)
    if verb == "edit":
        set_lab()
        return lab(ROOT, START, options, rest)
    if verb == "reset":
        return launch([PYTHON, "-m", "door.copies", "reset", options.folder] + rest).wait()
    command = [PYTHON, "-m", MODULES[verb]] + [absolute(argument) for argument in rest]
    return launch(command, COURSE_HELP="off").wait()  # 저장된 출력에는 도움말이 없음


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
