"""강의를 여는 JupyterLab과 커널의 설정을 `.venv` 안에 씁니다. 사용자 폴더에는 아무것도 쓰지 않습니다.

python -m door.settings     설정을 쓰고, 쓰지 못하면 한 문장으로 알립니다

`door/jupyterlab` 폴더에 내용이 있습니다.

- `custom.css`      글과 코드의 모습
- `overrides.json`  JupyterLab의 설정 중에 처음 값을 바꾼 것
- `korean.json`     언어 팩에 빠진 메뉴의 말(`missing`, 수에 따라 둘로 나뉘는 `missing_plural`)과 틀린 말(`wrong`)

부를 때마다 지금 있는 파일과 비교해 다른 것만 고쳐 씁니다. 우리가 정한 설정은 우리 것이 앞서고, 그 밖의 설정은 그대로 둡니다.
언어 팩에 이미 있는 번역은 틀린 것만 고칩니다. 언어 팩을 다시 설치하면 다음에 부를 때 다시 채웁니다.
"""

import importlib.util
import json
import os
import sys
import sysconfig
from pathlib import Path

SOURCE = Path(__file__).resolve().parent / "jupyterlab"
# 오류에 한국어 한 문장을 더하는 확장과, 그림을 글로도 내보내는 확장
EXTENSIONS = ["door.korean_errors", "door.figure_twins"]
CSS = "etc/jupyter/custom/custom.css"
OVERRIDES = "share/jupyter/lab/settings/overrides.json"
SERVER = "etc/jupyter/jupyter_server_config.json"
LAB = "etc/jupyter/jupyter_lab_config.json"
LANGUAGE = (
    "etc/jupyter/lab/user-settings/@jupyterlab/translation-extension/plugin.jupyterlab-settings"
)
KERNEL = "etc/ipython/ipython_kernel_config.json"
FILLED = "etc/jupyter/course_words.json"  # 언어 팩에 채운 말마다 [있던 번역, 채운 번역]
PACK = "jupyterlab_language_pack_ko_KR/locale/ko_KR/LC_MESSAGES/jupyterlab.json"

# ---------------------------------------------------------------- 무엇을 쓸지


def server_settings(prefix):
    """custom.css를 찾을 폴더와 고를 수 있는 커널입니다. 다른 곳에 설치된 커널로는 강의를 실행할 수 없습니다."""
    folder = str((prefix / CSS).parent)
    return {
        "ServerApp": {"tornado_settings": {"static_custom_path": [folder]}},
        "KernelSpecManager": {"allowed_kernelspecs": ["python3"]},
    }


def lab_settings(prefix):
    """JupyterLab이 사용자의 설정과 열어 둔 탭을 사용자 폴더가 아니라 여기에 적게 합니다."""
    folder = prefix / "etc/jupyter/lab"
    return {
        "LabApp": {
            "custom_css": True,
            "user_settings_dir": str(folder / "user-settings"),
            "workspaces_dir": str(folder / "workspaces"),
        }
    }


def kernel_settings(now):
    """학습자에게 뜻 없는 경고를 끄고, 확장을 켜고, 그림을 두 배로 촘촘하게 그립니다. 없는 확장은 켜지 않습니다."""
    shell = now.get("InteractiveShellApp")
    others = shell.get("extensions", []) if isinstance(shell, dict) else []
    ours = [name for name in EXTENSIONS if importlib.util.find_spec(name)]
    extensions = [name for name in others if name not in EXTENSIONS] + ours
    return {
        "IPKernelApp": {"log_level": 40},
        "InlineBackend": {"figure_formats": ["retina"]},
        "InteractiveShellApp": {"extensions": extensions},
    }


def merge(now, ours):
    """`now`에 `ours`를 덮습니다. 둘 다 사전이면 속까지 합치고, 우리가 정하지 않은 것은 그대로 둡니다."""
    if not (isinstance(now, dict) and isinstance(ours, dict)):
        return ours
    return now | {name: merge(now.get(name), value) for name, value in ours.items()}


def undo(catalogue, record):
    """전에 채운 말을 거두어, 언어 팩에 처음 있던 것으로 되돌립니다."""
    restored = dict(catalogue)
    for text, (original, ours) in record.items():
        if restored.get(text) == ours:
            if original is None:
                del restored[text]
            else:
                restored[text] = original
    return restored


def fill(catalogue, words):
    """언어 팩에 빠진 말을 채우고 틀린 말을 고칩니다. 이미 있는 다른 번역은 바꾸지 않습니다."""
    filled = dict(catalogue)
    for name, forms in (("missing", 1), ("missing_plural", 2)):
        for text, korean in words[name].items():
            if not any(catalogue.get(text, [])):
                filled[text] = [korean] * forms
    for text, (wrong, right) in words["wrong"].items():
        if catalogue.get(text) == [wrong]:
            filled[text] = [right]
    return filled


# ---------------------------------------------------------------- 읽고 쓰기


def read(path):
    """파일의 글입니다. 없거나 읽을 수 없으면 빈 글입니다."""
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, ValueError):
        return ""


def parse(text):
    """JSON의 사전입니다. 사전이 아니면 빈 사전입니다."""
    try:
        found = json.loads(text)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def dump(settings):
    return json.dumps(settings, ensure_ascii=False, indent=2) + "\n"


def write(path, text):
    """다 쓴 다음에 바꾸어 놓으므로, 쓰다가 멈추어도 전의 파일이 남습니다."""
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(f"{path.name}.{os.getpid()}.tmp")
    try:
        unfinished.write_text(text, encoding="utf-8", newline="\n")
        os.replace(unfinished, path)
    finally:
        unfinished.unlink(missing_ok=True)


def wanted(prefix):
    """설정 파일마다 `(경로, 지금의 글, 있어야 할 글)`입니다."""
    now = read(prefix / CSS)
    yield prefix / CSS, now, (SOURCE / "custom.css").read_text(encoding="utf-8")

    overrides = json.loads((SOURCE / "overrides.json").read_text(encoding="utf-8"))
    kernel = kernel_settings(parse(read(prefix / KERNEL)))
    for name, ours in (
        (OVERRIDES, overrides),
        (SERVER, server_settings(prefix)),
        (LAB, lab_settings(prefix)),
        (KERNEL, kernel),
    ):
        now = read(prefix / name)
        yield prefix / name, now, dump(merge(parse(now), ours))

    now = read(prefix / LANGUAGE)  # 서버가 번역하는 메뉴에 필요함. 학습자가 고른 언어는 그대로 둠
    yield prefix / LANGUAGE, now, now or dump({"locale": "ko_KR"})

    yield from wanted_words(prefix)


def wanted_words(prefix):
    """언어 팩과 거기에 채운 말의 기록입니다. 우리 말을 고치거나 지우면 전에 채운 것도 따라 바뀝니다."""
    pack = Path(sysconfig.get_path("purelib", vars={"base": str(prefix)}), PACK)
    now, record = read(pack), read(prefix / FILLED)
    catalogue = parse(now)
    if not catalogue:  # 설치되지 않았거나 읽을 수 없음
        return
    original = undo(catalogue, parse(record))
    filled = fill(original, json.loads((SOURCE / "korean.json").read_text(encoding="utf-8")))
    ours = {
        text: [original.get(text), korean]
        for text, korean in filled.items()
        if original.get(text) != korean
    }
    yield prefix / FILLED, record, dump(ours)
    yield pack, now, now if filled == catalogue else dump(filled)


def apply(prefix=sys.prefix):
    """`prefix` 안의 설정을 쓰고, 모두 썼는지 돌려줍니다. 쓰지 못하면 한 문장으로 알리고 나머지를 씁니다."""
    failed = []
    for path, now, text in wanted(Path(prefix)):
        if now == text:
            continue
        try:
            write(path, text)
        except OSError:
            failed.append(path)
    if failed:
        message = f"[알림] '{failed[0]}'에 쓰지 못해, JupyterLab의 설정 일부가 빠진 채로 엽니다."
        print(message, file=sys.stderr)
    return not failed


if __name__ == "__main__":
    sys.exit(0 if apply() else 1)
