# -*- coding: utf-8 -*-
"""강의의 문입니다. Python 3.11-3.13만 있으면 나머지는 이 파일이 준비합니다.

python course.py                      JupyterLab에서 00강을 엽니다. 긴 이름은 lab입니다
python course.py lab --no-browser     브라우저를 열지 않고 주소만 알립니다. --port 9000도 됩니다
python course.py test [pytest 인수]   모든 노트북을 다시 실행해 저장된 결과와 견줍니다
python course.py rerun [노트북 ...]   노트북을 새 커널에서 다시 실행해 저장합니다. 고치는 사람이 씁니다
"""

from __future__ import print_function, unicode_literals

import sys

if (
    not (3, 11) <= sys.version_info[:2] <= (3, 13)
):  # 옛 Python도 여기까지는 읽고 실행할 수 있게 쓴 파일
    message = "[문제] 이 Python은 {}.{}입니다. Python 3.11, 3.12, 3.13 가운데 하나로 실행하십시오."
    message = message.format(*sys.version_info[:2])
    sys.exit(message.encode("utf-8") if bytes is str else message)

import argparse
import hashlib
import json
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
START = "notebooks/00_start_here.ipynb"
SETTINGS = {  # .venv 안에만 두는 설정: 한국어 메뉴, 인터넷을 찾는 알림과 학습자에게 뜻 없는 경고 끄기
    "share/jupyter/lab/settings/overrides.json": {
        "@jupyterlab/translation-extension:plugin": {"locale": "ko_KR"},
        "@jupyterlab/apputils-extension:notification": {
            "fetchNews": "false",
            "checkForUpdates": False,
        },
    },
    "etc/ipython/ipython_kernel_config.json": {"IPKernelApp": {"log_level": 40}},
}
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
    for name, settings in SETTINGS.items():
        write(os.path.join(VENV, name), json.dumps(settings))
    write(READY, wanted)
    say("설치를 마쳤습니다.")


def launch(command):
    """강의 폴더에서 프로그램을 시작합니다. Ctrl+C는 그 프로그램도 받으므로, 여기서는 끝나기를 기다립니다."""
    child = subprocess.Popen(command, cwd=ROOT)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    return child


def in_use(port):
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def lab(arguments):
    """JupyterLab을 열고, 응답하기 시작하면 주소를 알립니다."""
    parser = argparse.ArgumentParser(prog="python course.py lab", add_help=False)
    parser.add_argument("--port", type=int, default=8888)
    parser.add_argument("--no-browser", action="store_true")
    parser.error = lambda _: sys.exit("[문제] --port에는 1-65535의 수를 쓰십시오.")
    options, rest = parser.parse_known_args(arguments)
    if not 0 < options.port < 65536:
        parser.error("")
    port = next(port for port in range(options.port, 65536) if not in_use(port))
    token = os.environ.setdefault("JUPYTER_TOKEN", secrets.token_hex(24))
    screen = (
        os.name == "nt"
        or sys.platform == "darwin"
        or {"DISPLAY", "WAYLAND_DISPLAY"} & set(os.environ)
    )
    command = [PYTHON, "-m", "jupyterlab", "--ServerApp.answer_yes=True"]
    command += ["--ServerApp.root_dir=" + ROOT, "--LabApp.default_url=/lab/tree/" + START]
    command += [
        "--ServerApp.ip=127.0.0.1",
        "--ServerApp.port=%d" % port,
        "--ServerApp.port_retries=0",
    ]
    command += ["--log-level=ERROR", "--ExtensionApp.log_level=ERROR"]
    command += ["--allow-root"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
    command += ["--no-browser"] if options.no_browser or not screen else []
    child = launch(command + rest)
    while child.poll() is None and not in_use(port):
        time.sleep(0.2)
    if child.poll() is None:
        say(
            "JupyterLab을 열었습니다. 브라우저가 열리지 않으면 이 주소를 여십시오. 끝내려면 Ctrl+C를 누릅니다."
        )
        say("  http://127.0.0.1:{}/lab/tree/{}?token={}".format(port, START, token))
    return child.wait()


def main(arguments):
    verb = arguments.pop(0) if arguments and not arguments[0].startswith("-") else "lab"
    if verb == "lab" and {"-h", "--help"} & set(arguments):
        sys.exit(print(__doc__))
    if verb not in ("lab", "test", "rerun"):
        sys.exit(
            "[문제] '{}'은(는) 없는 명령입니다. lab, test, rerun 가운데 하나를 쓰십시오.".format(
                verb
            )
        )
    try:
        set_up()
    except KeyboardInterrupt:
        sys.exit("\n[멈춤] 설치를 멈췄습니다. 같은 명령을 다시 실행하면 다시 설치합니다.")
    except OSError as error:
        stop(str(error))
    if verb == "lab":
        return lab(arguments)
    module = ["pytest"] if verb == "test" else ["tests.rerun"]
    paths = [
        os.path.abspath(a) if re.search(r"\.(ipynb|py)$", a) and os.path.exists(a) else a
        for a in arguments
    ]
    return launch([PYTHON, "-m"] + module + paths).wait()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
