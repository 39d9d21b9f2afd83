"""door/settings.py가 `.venv`에 쓰는 설정을 검사합니다. 임시 폴더에 쓰고, 설치된 JupyterLab과 이름을 비교합니다."""

import functools
import http.client
import inspect
import json
import os
import re
import runpy
import socket
import subprocess
import sys
import time
from pathlib import Path

import jsonschema
import pytest
from ipykernel.kernelapp import IPKernelApp
from jupyter_client.kernelspec import KernelSpecManager
from jupyter_server.serverapp import ServerApp
from jupyterlab.labapp import LabApp
from matplotlib_inline.config import InlineBackend

from door import settings

LAB = Path(sys.prefix, "share", "jupyter", "lab")
LIBRARY = ["Lib"] if os.name == "nt" else ["lib", f"python3.{sys.version_info[1]}"]
PACK = Path(*LIBRARY, "site-packages", *settings.PACK.split("/"))
DATA = {path.name: path.read_text(encoding="utf-8") for path in settings.SOURCE.iterdir()}
CSS = DATA["custom.css"]
OVERRIDES = json.loads(DATA["overrides.json"])
WORDS = json.loads(DATA["korean.json"])
WRITTEN = {
    "etc/ipython/ipython_kernel_config.json",
    "etc/jupyter/course_words.json",
    "etc/jupyter/custom/custom.css",
    "etc/jupyter/jupyter_lab_config.json",
    "etc/jupyter/jupyter_server_config.json",
    "etc/jupyter/lab/user-settings/@jupyterlab/translation-extension/plugin.jupyterlab-settings",
    "share/jupyter/lab/settings/overrides.json",
    PACK.as_posix(),
}
CATALOGUE = {
    "": {"domain": "jupyterlab", "language": "ko-KR", "plural_forms": "nplurals=1; plural=0;"},
    "Run": ["실행"],
    "Open Recent": ["먼저 있던 번역"],  # 우리 목록에도 있는 말
    "Move to Trash": [""],  # 비어 있는 번역
    "Redo": ["되돌리기"],  # 우리가 아는 틀린 번역
    "Open Tabs": ["열어 둔 탭"],  # 언어 팩이 스스로 고친 번역
}


def load(path):
    return json.loads(path.read_text(encoding="utf-8"))


def save(path, content):
    path.parent.mkdir(parents=True, exist_ok=True)
    text = content if isinstance(content, str) else json.dumps(content)
    path.write_text(text, encoding="utf-8")


def files(folder):
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


@pytest.fixture
def prefix(tmp_path, monkeypatch):
    """언어 팩만 설치된, 이름에 한글과 빈칸이 있는 폴더입니다. 사용자 폴더는 비어 있습니다."""
    home = tmp_path / "home"
    home.mkdir()
    for name in ("HOME", "USERPROFILE", "APPDATA", "JUPYTER_CONFIG_DIR", "IPYTHONDIR"):
        monkeypatch.setenv(name, str(home))
    folder = tmp_path / "강의 폴더" / ".venv"
    save(folder / PACK, CATALOGUE)
    return folder


# ---------------------------------------------------------------- 쓰기


def test_every_setting_is_written_inside_the_prefix_only(prefix, tmp_path, capfd):
    assert settings.apply(prefix) is True

    assert files(prefix) == WRITTEN
    assert files(tmp_path) == {(prefix / name).relative_to(tmp_path).as_posix() for name in WRITTEN}
    assert capfd.readouterr() == ("", "")


def test_contents(prefix):
    settings.apply(prefix)

    etc = prefix / "etc" / "jupyter"
    assert (etc / "custom" / "custom.css").read_text(encoding="utf-8") == CSS
    assert load(prefix / "share/jupyter/lab/settings/overrides.json") == OVERRIDES
    assert load(etc / "jupyter_server_config.json") == {
        "ServerApp": {"tornado_settings": {"static_custom_path": [str(etc / "custom")]}},
        "KernelSpecManager": {"allowed_kernelspecs": ["python3"]},
    }
    assert load(etc / "jupyter_lab_config.json") == {
        "LabApp": {
            "custom_css": True,
            "user_settings_dir": str(etc / "lab" / "user-settings"),
            "workspaces_dir": str(etc / "lab" / "workspaces"),
        }
    }
    assert load(prefix / settings.LANGUAGE) == {"locale": "ko_KR"}


def test_second_call_writes_nothing(prefix, monkeypatch):
    settings.apply(prefix)
    before = {name: (prefix / name).stat() for name in WRITTEN}

    def write(path, _):
        pytest.fail(f"{path}을 다시 썼습니다.")

    monkeypatch.setattr(settings, "write", write)
    assert settings.apply(prefix) is True
    for name, stat in before.items():
        after = (prefix / name).stat()
        assert (after.st_ino, after.st_mtime_ns) == (stat.st_ino, stat.st_mtime_ns), name


def test_second_call_is_quick(prefix):
    save(prefix / PACK, load(Path(sys.prefix) / PACK))  # 진짜 언어 팩의 크기
    settings.apply(prefix)
    taken = []
    for _ in range(5):
        start = time.process_time()
        settings.apply(prefix)
        taken.append(time.process_time() - start)
    assert min(taken) < 0.05


def test_moved_folder_gets_its_own_paths(prefix, tmp_path):
    settings.apply(prefix)
    moved = tmp_path / "옮긴 폴더"
    prefix.rename(moved)

    settings.apply(moved)

    for name in ("jupyter_server_config.json", "jupyter_lab_config.json"):
        text = (moved / "etc" / "jupyter" / name).read_text(encoding="utf-8")
        assert "옮긴 폴더" in text
        assert "강의 폴더" not in text


def test_the_default_is_the_running_python(prefix, monkeypatch):
    assert inspect.signature(settings.apply).parameters["prefix"].default == sys.prefix
    monkeypatch.setattr(sys, "prefix", str(prefix))
    monkeypatch.delitem(sys.modules, "door.settings")
    with pytest.raises(SystemExit) as ended:
        runpy.run_module("door.settings", run_name="__main__")
    assert ended.value.code == 0
    assert files(prefix) == WRITTEN


# ---------------------------------------------------------------- 이미 있는 설정


def test_other_settings_are_kept_and_ours_are_put_back(prefix):
    path = prefix / "share/jupyter/lab/settings/overrides.json"
    tracker, shell = (
        "@jupyterlab/notebook-extension:tracker",
        "@jupyterlab/terminal-extension:plugin",
    )
    mine = {
        shell: {"fontSize": 20},
        tracker: {"recordTiming": True, "codeCellConfig": {"lineWrap": False, "tabSize": 2}},
    }
    save(path, mine)

    settings.apply(prefix)

    found = load(path)
    assert found.pop(shell) == {"fontSize": 20}
    assert found[tracker].pop("recordTiming") is True
    assert found[tracker]["codeCellConfig"].pop("tabSize") == 2
    assert found == OVERRIDES


def test_language_that_the_learner_chose_is_kept(prefix):
    settings.apply(prefix)
    chosen = '{\n    // 언어\n    "locale": "en"\n}'
    save(prefix / settings.LANGUAGE, chosen)

    settings.apply(prefix)

    assert (prefix / settings.LANGUAGE).read_text(encoding="utf-8") == chosen


@pytest.mark.parametrize("broken", ["", "{", "[]", "null", '"글"'])
def test_broken_settings_are_written_anew(prefix, broken):
    names = [name for name in WRITTEN if name.endswith("config.json") or "overrides" in name]
    names.append("etc/jupyter/course_words.json")
    for name in names:
        save(prefix / name, broken)
    assert settings.apply(prefix) is True
    assert load(prefix / "share/jupyter/lab/settings/overrides.json") == OVERRIDES
    assert all(isinstance(load(prefix / name), dict) for name in names)


def test_kernel_loads_the_help_once_beside_others(prefix):
    path = prefix / "etc/ipython/ipython_kernel_config.json"
    others = {
        "IPKernelApp": {"quiet": False},
        "InteractiveShellApp": {"extensions": ["autoreload"]},
    }
    save(path, others)
    for _ in range(2):
        settings.apply(prefix)
        assert load(path) == {
            "IPKernelApp": {"quiet": False, "log_level": 40},
            "InlineBackend": {"figure_formats": ["retina"]},
            "InteractiveShellApp": {"extensions": ["autoreload", *settings.EXTENSIONS]},
        }


def test_help_that_cannot_be_found_is_not_loaded(prefix, monkeypatch):
    path = prefix / "etc/ipython/ipython_kernel_config.json"
    monkeypatch.setattr(settings, "EXTENSIONS", ["door.없는_모듈"])
    save(path, {"InteractiveShellApp": {"extensions": ["door.없는_모듈"]}})

    settings.apply(prefix)

    assert load(path)["InteractiveShellApp"]["extensions"] == []


# ---------------------------------------------------------------- 쓸 수 없을 때


def test_failure_is_one_sentence_and_the_rest_is_written(prefix, capfd):
    save(prefix / "etc" / "jupyter", "폴더가 아닌 파일")  # etc/jupyter의 넷이 실패

    assert settings.apply(prefix) is False

    out, err = capfd.readouterr()
    assert out == ""
    assert re.fullmatch(r"\[알림\] '.+' *에 쓰지 못해, [^\n]+ 엽니다\.\n", err)
    assert str(prefix / "etc" / "jupyter") in err
    inside = {name for name in WRITTEN if not name.startswith("etc/jupyter/")}
    assert files(prefix) == inside | {"etc/jupyter"}
    assert load(prefix / "share/jupyter/lab/settings/overrides.json") == OVERRIDES


def test_failure_is_the_exit_status(prefix, monkeypatch, capfd):
    save(prefix / "etc", "폴더가 아닌 파일")
    monkeypatch.setattr(sys, "prefix", str(prefix))
    monkeypatch.delitem(sys.modules, "door.settings")
    with pytest.raises(SystemExit) as ended:
        runpy.run_module("door.settings", run_name="__main__")
    assert ended.value.code == 1
    assert capfd.readouterr().err.count("\n") == 1


def test_interrupted_write_leaves_the_old_file(prefix, monkeypatch, capfd):
    old = (prefix / PACK).read_bytes()

    def replace(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(settings.os, "replace", replace)
    assert settings.apply(prefix) is False
    assert (prefix / PACK).read_bytes() == old
    assert files(prefix) == {PACK.as_posix()}
    assert capfd.readouterr().err.count("\n") == 1


# ---------------------------------------------------------------- 메뉴의 말


def test_catalogue_is_filled_and_nothing_else_is_changed(prefix):
    settings.apply(prefix)

    filled = load(prefix / PACK)
    for text in ("", "Run", "Open Recent", "Open Tabs"):
        assert filled[text] == CATALOGUE[text]
    assert filled["Redo"] == ["다시 실행"]
    single = {text: [korean] for text, korean in WORDS["missing"].items()}
    plural = {text: [korean, korean] for text, korean in WORDS["missing_plural"].items()}
    assert filled == CATALOGUE | single | plural | {
        "Redo": ["다시 실행"],
        "Open Recent": ["먼저 있던 번역"],
    }


def test_wrong_words_are_not_added_to_a_pack_that_lacks_them(prefix):
    save(prefix / PACK, {"": {}, "Run": ["실행"]})
    settings.apply(prefix)
    assert not WORDS["wrong"].keys() & load(prefix / PACK).keys()


def test_reinstalled_pack_is_filled_again(prefix):
    settings.apply(prefix)
    filled = load(prefix / PACK)
    save(prefix / PACK, CATALOGUE)
    settings.apply(prefix)
    assert load(prefix / PACK) == filled


@pytest.fixture
def words(prefix, tmp_path, monkeypatch):
    """설정의 내용을 임시 폴더에 복사하고, 거기 있는 말을 바꾸는 함수입니다."""
    source = tmp_path / "source"
    for name, text in DATA.items():
        save(source / name, text)
    monkeypatch.setattr(settings, "SOURCE", source)
    return lambda **parts: save(source / "korean.json", WORDS | parts)


def test_changed_words_replace_what_was_filled_before(prefix, words):
    settings.apply(prefix)
    words(
        missing={"Go Up": "위로 가기", "Open Recent": "최근"},
        missing_plural={"New": "새로"},
        wrong={"Redo": ["되돌리기", "다시"]},
    )
    settings.apply(prefix)
    assert load(prefix / PACK) == CATALOGUE | {
        "Go Up": ["위로 가기"],
        "New": ["새로", "새로"],
        "Redo": ["다시"],
    }


def test_removed_words_are_taken_back(prefix, words):
    settings.apply(prefix)
    words(missing={}, missing_plural={}, wrong={})
    settings.apply(prefix)
    assert load(prefix / PACK) == CATALOGUE


def test_words_of_a_new_pack_are_kept(prefix, words):
    """채운 다음에 새 언어 팩을 설치하면, 거기 있는 번역이 앞섭니다."""
    settings.apply(prefix)
    new = CATALOGUE | {"Go Up": ["새 언어 팩의 번역"], "Redo": ["새 언어 팩의 다시 실행"]}
    save(prefix / PACK, new)
    settings.apply(prefix)
    words(missing={}, missing_plural={}, wrong={})
    settings.apply(prefix)
    assert load(prefix / PACK) == new


def test_missing_pack_is_not_made(prefix):
    (prefix / PACK).unlink()
    assert settings.apply(prefix) is True
    assert files(prefix) == WRITTEN - {PACK.as_posix(), "etc/jupyter/course_words.json"}


def test_broken_pack_is_left_alone(prefix):
    save(prefix / PACK, "{")
    assert settings.apply(prefix) is True
    assert (prefix / PACK).read_text(encoding="utf-8") == "{"


def installed_pack():
    """설치된 언어 팩에 처음 있던 번역입니다."""
    record = settings.parse(settings.read(Path(sys.prefix) / settings.FILLED))
    return settings.undo(load(Path(sys.prefix) / PACK), record)


STRING = r"""("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|`(?:[^`\\]|\\.)*`)"""
ESCAPES = {"n": "\n", "t": "\t"}


def unquote(literal):
    """JavaScript의 문자열을 읽습니다."""
    hexadecimal = re.compile(r"\\(?:u([0-9a-fA-F]{4})|x([0-9a-fA-F]{2}))")
    text = hexadecimal.sub(lambda match: chr(int(match[1] or match[2], 16)), literal[1:-1])
    return re.sub(r"\\(.)", lambda match: ESCAPES.get(match[1], match[1]), text)


@functools.cache
def bundles():
    paths = [*LAB.glob("static/*.js"), *LAB.glob("static/*.css"), *LAB.glob("themes/**/*.css")]
    return "\n".join(path.read_text(encoding="utf-8") for path in paths)


def labels(schema):
    """설정 스키마에 있는 메뉴의 이름입니다."""
    if isinstance(schema, dict):
        yield from [schema["label"]] if isinstance(schema.get("label"), str) else []
        schema = list(schema.values())
    for item in schema if isinstance(schema, list) else []:
        yield from labels(item)


@functools.cache
def ui_texts():
    """화면의 글 `(수에 따라 나뉘지 않는 것, 나뉘는 것)`을 JupyterLab에서 모읍니다."""
    single = {unquote(text) for text in re.findall(r"\b__\(" + STRING, bundles())}
    plural = {unquote(text) for text in re.findall(r"\b_n\(" + STRING + r"\s*,", bundles())}
    for path in LAB.glob("schemas/@jupyterlab/*/*.json"):
        single |= {"menu\x04" + label for label in labels(load(path).get("jupyter.lab.menus"))}
    return single, plural


@pytest.mark.parametrize(("part", "index"), [("missing", 0), ("missing_plural", 1), ("wrong", 0)])
def test_every_word_is_in_this_jupyterlab(part, index):
    assert len(ui_texts()[index]) > 20
    stale = [text for text in WORDS[part] if text not in ui_texts()[index]]
    assert not stale, f"JupyterLab에 이제 없는 글: {stale}"


def test_words_are_still_missing_or_wrong_in_the_installed_pack():
    translated = [
        text
        for text in [*WORDS["missing"], *WORDS["missing_plural"]]
        if any(installed_pack().get(text, []))
    ]
    assert not translated, f"언어 팩이 이제 번역하는 글: {translated}"
    for text, (wrong, _) in WORDS["wrong"].items():
        assert installed_pack()[text] == [wrong], f"언어 팩이 이제 다르게 번역합니다: {text}"


def test_words_are_korean_and_keep_what_is_filled_in():
    assert set(WORDS) == {"missing", "missing_plural", "wrong"}
    pairs = [*WORDS["missing"].items(), *WORDS["missing_plural"].items()]
    pairs += [(text, right) for text, (_, right) in WORDS["wrong"].items()]
    assert len({text for text, _ in pairs}) == len(pairs) > 250
    plural = WORDS["missing_plural"]
    for text, korean in pairs:
        assert re.search("[가-힣]|^%1 후 %2$", korean), text
        slots, ours = (set(re.findall(r"%\d", string)) for string in (text, korean))
        assert ours == slots or (text in plural and ours == {"%1"}), text
        assert korean == korean.strip(), text
    assert all(wrong != right for wrong, right in WORDS["wrong"].values())


def test_menus_that_the_course_names():
    """강의의 글과 오류의 도움말이 부르는 메뉴의 이름입니다."""
    filled = settings.fill(installed_pack(), WORDS)
    assert filled["menu\x04Run"] == ["실행"]
    assert filled["Run All Above Selected Cell"] == ["위의 모든 셀 실행"]
    assert filled["Run All Cells"] == ["모든 셀 실행"]
    restart, run = filled["Restart Kernel…"][0], filled["Run All Cells"][0]
    both = filled["%1 and %2"][0].replace("%1", restart).replace("%2", run)
    assert both == filled["Restart Kernel and Run All Cells…"][0] == "커널 재시작 후 모든 셀 실행"
    assert filled["menu\x04Kernel"] == ["커널"]
    assert filled["Change Kernel…"] == ["커널 변경"]


# ---------------------------------------------------------------- 설정의 이름


@pytest.mark.parametrize("plugin", OVERRIDES)
def test_setting_exists_in_jupyterlab(plugin):
    package, name = plugin.split(":")
    schema = load(LAB / "schemas" / package / f"{name}.json")
    assert OVERRIDES[plugin].keys() <= schema["properties"].keys()
    jsonschema.Draft7Validator(schema).validate(OVERRIDES[plugin])


def test_overrides_that_the_course_promises():
    """한국어 메뉴, 인터넷을 찾지 않음, 접히는 긴 줄, 이름이 다 보이는 파일 목록"""
    assert OVERRIDES["@jupyterlab/translation-extension:plugin"] == {"locale": "ko_KR"}
    assert OVERRIDES["@jupyterlab/apputils-extension:notification"] == {
        "fetchNews": "false",
        "checkForUpdates": False,
    }
    assert OVERRIDES["@jupyterlab/extensionmanager-extension:plugin"] == {"enabled": False}
    notebook = OVERRIDES["@jupyterlab/notebook-extension:tracker"]
    assert notebook["codeCellConfig"]["lineWrap"] is True
    assert notebook["autoStartDefaultKernel"] is True
    files_shown = OVERRIDES["@jupyterlab/filebrowser-extension:browser"]
    assert files_shown == {"showLastModifiedColumn": False}


def test_cell_settings_keep_the_names_of_the_default():
    name = "@jupyterlab/notebook-extension"
    default = load(LAB / "schemas" / name / "tracker.json")["properties"]["codeCellConfig"]
    ours = OVERRIDES[name + ":tracker"]["codeCellConfig"]
    assert ours.keys() == default["default"].keys()


def test_server_settings_exist(prefix):
    settings.apply(prefix)
    known = {app.__name__: app for app in (ServerApp, LabApp, KernelSpecManager, IPKernelApp)}
    known |= {"InteractiveShellApp": IPKernelApp, "InlineBackend": InlineBackend}
    for name in (settings.SERVER, settings.LAB, settings.KERNEL):
        for section, values in load(prefix / name).items():
            assert values.keys() <= set(known[section].class_trait_names(config=True))


def request(port, path):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    connection.request("GET", path, headers={"Authorization": "token secret"})
    response = connection.getresponse()
    assert response.status == 200, (path, response.status)
    return response.read().decode("utf-8")


def environment(prefix, tmp_path):
    """설정을 `prefix`에서 찾는 환경입니다. 다른 커널도 하나 설치되어 있습니다."""
    save(tmp_path / "share/kernels/other/kernel.json", {"argv": ["x"], "display_name": "다른 커널"})
    unwanted = re.compile("(?i)jupyter.*|ipython.*")
    env = {name: value for name, value in os.environ.items() if not unwanted.fullmatch(name)}
    return env | {
        "JUPYTER_CONFIG_DIR": str(tmp_path / "home" / ".jupyter"),
        "JUPYTER_CONFIG_PATH": str(prefix / "etc" / "jupyter"),
        "JUPYTER_PREFER_ENV_PATH": "0",
        "JUPYTER_PATH": str(tmp_path / "share"),
        "JUPYTER_RUNTIME_DIR": str(tmp_path / "runtime"),
        "JUPYTER_TOKEN": "secret",
        "PYTHONUTF8": "1",
    }


def answers(port):
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


@pytest.fixture
def server(prefix, tmp_path):
    """쓴 설정으로 시작한 진짜 JupyterLab의 포트입니다."""
    settings.apply(prefix)
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root"]
    command += [
        f"--ServerApp.port={port}",
        "--ServerApp.port_retries=0",
        "--ServerApp.ip=127.0.0.1",
    ]
    command += [f"--ServerApp.root_dir={tmp_path / 'home'}"]
    with open(tmp_path / "log", "w", encoding="utf-8") as log:
        env = environment(prefix, tmp_path)
        child = subprocess.Popen(command, env=env, stdout=log, stderr=log)
    try:
        deadline = time.monotonic() + 60
        while not answers(port):
            assert child.poll() is None, (tmp_path / "log").read_text(encoding="utf-8")
            assert time.monotonic() < deadline
            time.sleep(0.1)
        yield port
    finally:
        child.terminate()
        child.wait(30)


def test_real_server_follows_the_settings(server, prefix, tmp_path):
    save(prefix / "etc/jupyter/custom/custom.css", "/* 이 폴더의 것 */")
    assert request(server, "/custom/custom.css") == "/* 이 폴더의 것 */"
    assert 'href="/custom/custom.css"' in request(server, "/lab")
    assert set(json.loads(request(server, "/api/kernelspecs"))["kernelspecs"]) == {"python3"}
    plugin = request(server, "/lab/api/settings/@jupyterlab/translation-extension:plugin")
    assert json.loads(plugin)["settings"] == {"locale": "ko_KR"}
    open_with = request(server, "/lab/api/settings/@jupyterlab/filebrowser-extension:open-with")
    assert list(labels(json.loads(open_with)["schema"])) == ["다음으로 열기"]
    mine = prefix / "etc/jupyter/lab/workspaces/mine.jupyterlab-workspace"
    save(mine, {"data": {}, "metadata": {"id": "mine"}})
    assert json.loads(request(server, "/lab/api/workspaces"))["workspaces"]["ids"] == ["mine"]
    assert not (tmp_path / "home" / ".jupyter" / "lab").exists()


# ---------------------------------------------------------------- 모습


def rules(css, condition=""):
    """CSS의 규칙마다 `(@media의 조건, 선택자, 선언의 사전)`입니다."""
    css = re.sub(r"/\*.*?\*/", "", css, flags=re.DOTALL)
    for head, body in re.findall(r"([^{}]+)\{((?:[^{}]|\{[^{}]*\})*)\}", css):
        if head.strip().startswith("@media"):
            yield from rules(body, head.strip())
        else:
            pairs = [line.split(":", 1) for line in body.split(";") if line.strip()]
            yield condition, head.strip(), {name.strip(): value.strip() for name, value in pairs}


RULES = list(rules(CSS))


def declared(selector, name):
    """선택자에 선언된 값입니다. `@media` 안은 빼고, 나중의 것을 봅니다."""
    found = None
    for condition, head, body in RULES:
        parts = [part.strip() for part in re.split(r",(?![^(]*\))", head)]
        if selector in parts and not condition:
            found = body.get(name, found)
    return found


@pytest.mark.parametrize(
    "selector",
    [
        "body .jp-RenderedHTMLCommon",
        "body .jp-OutputArea-output pre",
        "body .jp-OutputArea-output.jp-RenderedHTMLCommon",
        "body .jp-Notebook .cm-lineWrapping",
    ],
)
def test_korean_words_are_not_broken(selector):
    assert declared(selector, "word-break") == "keep-all"
    assert declared(selector, "overflow-wrap") == "anywhere"


def test_table_cells_are_not_squeezed():
    assert declared("body .jp-RenderedHTMLCommon :is(td, th)", "overflow-wrap") == "normal"


def test_reading_width():
    notebook = "body .jp-Notebook .jp-RenderedMarkdown"
    prose = f"{notebook} > :is(p, ul, ol, blockquote, h1, h2, h3, h4, h5, h6)"
    assert declared(prose, "max-width") == "var(--course-prose)"
    assert 38 <= float(declared("html:root", "--course-prose").removesuffix("em")) <= 42
    math = f"{notebook} > p:has(> mjx-container[display='true'])"
    assert declared(math, "max-width") == "100%"
    cell = "body .jp-Notebook:not(.jp-mod-sideBySide) .jp-WindowedPanel-viewport > .jp-Cell"
    assert declared(cell, "max-width") == "var(--course-column)"
    assert declared(cell, "margin-left") == declared(cell, "margin-right") == "auto"
    widest = 1091 + 64 + 8 + 2 * 5  # 가장 넓은 그림, 셀 번호, 접는 막대, 안쪽 여백
    assert float(declared("html:root", "--course-column").removesuffix("px")) >= widest


def test_first_column_of_the_lead_table_is_one_line():
    lead = "body .jp-Notebook .jp-RenderedMarkdown > table:has(th:first-child:empty)"
    assert declared(f"{lead} td:first-child", "white-space") == "nowrap"
    assert declared(lead, "max-width") == "var(--course-prose)"


def test_file_list_shows_whole_names_and_leaves_room_for_code():
    """이름의 너비 195px와 아이콘, 여백 48px가 들어가되, 160% 화면의 반을 넘지 않습니다."""
    assert (
        195 + 48 <= int(declared("html:root", "--jp-sidebar-min-width").removesuffix("px")) <= 300
    )
    [narrow] = [
        body["--jp-sidebar-min-width"]
        for condition, _, body in RULES
        if condition == "@media (max-width: 1000px)" and "--jp-sidebar-min-width" in body
    ]
    assert 195 + 48 <= int(narrow.removesuffix("px")) <= 264


def test_wrapped_code_is_indented():
    line = "body .jp-CodeCell .cm-lineWrapping .cm-line"
    assert declared(line, "padding-left") == "calc(6px + 4ch)"
    assert declared(line, "text-indent") == "-4ch"
    assert declared(f"{line} > *", "text-indent") == "0"


def test_line_height_suits_korean():
    assert 1.6 < float(declared("html:root", "--jp-content-line-height")) <= 1.8


def test_css_is_whole():
    bare = re.sub(r"/\*.*?\*/", "", CSS, flags=re.DOTALL)
    assert "/*" not in bare
    depth = 0
    for brace in re.findall(r"[{}]", bare):
        depth += 1 if brace == "{" else -1
        assert depth in (0, 1, 2)
    assert depth == 0
    left = re.sub(r"[^{}]+\{(?:[^{}]|\{[^{}]*\})*\}", "", bare)
    assert not left.strip(), "규칙이 아닌 글이 있습니다."
    assert all(head and body for _, head, body in RULES)


def test_css_leaves_colours_to_the_theme():
    assert not re.search(r"(?i)#[0-9a-f]{3,8}\b|rgba?\(|hsla?\(|\bcolou?r\s*:|background", CSS)


def test_css_names_exist_in_jupyterlab():
    names = set(re.findall(r"\.((?:jp|cm)-[\w-]+)", CSS))
    names |= set(re.findall(r"(--jp-[\w-]+)\s*:", CSS))
    assert len(names) > 15
    stale = sorted(name for name in names if name not in bundles())
    assert not stale, f"JupyterLab에 이제 없는 이름: {stale}"


def test_nothing_is_fetched_from_the_network():
    for name, text in {**DATA, "settings.py": inspect.getsource(settings)}.items():
        assert not re.search(r"(?i)https?:|//\w|www\.|url\(|@import", text), name


@pytest.mark.parametrize(
    ("english", "korean"),
    [
        ("left", "왼쪽"),
        ("right", "오른쪽"),
        ("up", "위"),
        ("down", "아래"),
        ("above", "위"),
        ("below", "아래"),
        ("fold", "접"),
        ("unfold", "펼치"),
        ("collapse", "접"),
        ("expand", "펼치"),
        ("dark", "어두운"),
        ("light", "밝은"),
    ],
)
def test_opposite_words_are_not_swapped(english, korean):
    words = WORDS["missing"] | WORDS["missing_plural"]
    found = {t: w for t, w in words.items() if re.search(rf"\b{english}\b(?! cell)", t.lower())}
    found = {t: w for t, w in found.items() if "shut" not in t.lower() and "Toggle" not in t}
    assert found
    assert [t for t, w in found.items() if korean not in w] == []
