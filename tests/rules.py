"""노트북이 지켜야 할 구조와 글의 규칙입니다.

규칙은 `Notebook`을 받아 `(셀, 문장)`을 하나씩 내놓는 함수입니다. `@rule`이 붙으면 셀 이름이 적힌 문장의 목록을
돌려주는 함수가 되어 `RULES`에 들어갑니다. 빈 목록은 규칙을 지켰다는 뜻입니다.
"""

import ast
import base64
import builtins
import contextlib
import functools
import importlib
import io
import itertools
import re
import traceback
from collections import Counter, namedtuple
from pathlib import Path
from types import ModuleType
from urllib.parse import unquote, urlsplit

import nbformat
import numpy as np
import pandas as pd
import torch
from matplotlib import pyplot as plt
from PIL import Image
from torch import nn

import exercises as declarations
from exercises.engine import Exercise
from tests import rerun

IGNORED = "nbval-ignore-output"
ALLOWED_TAGS = {IGNORED, "raises-exception", "nbval-raises-exception"}
CHECK = "# 직접 확인"
ENDINGS = ["더 해 볼 것", "다른 선택지"]
SOLUTIONS = "solutions"  # 연습 문제의 풀이가 있는 폴더
PROGRESS_OFF = 'os.environ["COURSE_PROGRESS"] = "off"'
MAX_LINES = 25  # 코드 셀의 줄 수
MAX_COLUMNS = 88  # 코드 한 줄의 글자 수. notebooks/.ruff.toml의 line-length와 같음
MAX_WIDTH = 1100  # 그림의 너비(화소)
MAP_CELL = "map"  # 00강에서 강의 지도가 있는 셀의 이름
BLANK = re.compile("【빈칸[^】\n]*(?:】|$)", re.MULTILINE)  # `course.py new`가 남긴 채울 곳
POLITE = ("니다.", "니까?", "까요?", "시오.")
IMPORTS = (ast.Import, ast.ImportFrom)
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)

# ---------------------------------------------------------------- 노트북과 셀


class Notebook:
    """노트북 하나와, 여러 규칙이 함께 쓰는 조각입니다.

    Args:
        path, node: 파일의 경로와 읽은 내용.
        terms: 용어 표. 없으면 `readme`에서 읽습니다.
        declared: 연습마다 `(번호, 제목)`. 없으면 선언에서 읽습니다.
        readme: README의 글.
    """

    def __init__(self, path, node, terms=None, declared=None, readme=""):
        self.path = Path(path)
        self.number = self.path.name[:2]
        self.is_solution = self.path.parent.name == SOLUTIONS
        self.node = node
        self.terms = read_glossary(readme) if terms is None else tuple(terms)
        self.readme = readme
        self._declared = declared
        self.cells = node.cells
        self.code = [cell for cell in self.cells if cell.cell_type == "code"]
        self.markdown = [cell for cell in self.cells if cell.cell_type == "markdown"]
        nothing = [nbformat.v4.new_markdown_cell(id="nothing")]  # 빈 노트북
        self.first, self.last = (self.cells or nothing)[0], (self.markdown or nothing)[-1]

    @classmethod
    def read(cls, path, readme="", declared=None):
        return cls(path, nbformat.read(path, as_version=4), declared=declared, readme=readme)

    @functools.cached_property
    def declared(self):
        """연습마다 `(번호, 제목)`입니다. 선언을 읽지 못하면 `DeclarationError`를 일으킵니다."""
        if self._declared is not None:
            return self._declared
        if self.number not in declarations.lessons():
            return []
        return [(exercise.id, exercise.title) for exercise in declared_exercises(self.number)]

    @functools.cached_property
    def headings(self):
        """제목마다 `(단계, 글)`입니다. 글에는 강조와 코드 표시가 없습니다."""
        text = "\n".join(FENCE.sub("", cell.source) for cell in self.markdown)
        return [(len(marks), re.sub(r"[*`]", "", title)) for marks, title in HEADING.findall(text)]


def tags(cell):
    return cell.metadata.get("tags", [])


def first_line(cell):
    return cell.source.split("\n", 1)[0]


def shown_text(cell):
    """셀의 출력에 있는 모든 글입니다."""
    parts = []
    for output in cell.get("outputs", []):
        parts += [text for kind, text in output.get("data", {}).items() if kind.startswith("text/")]
        parts += [output.get("text", ""), output.get("evalue", ""), *output.get("traceback", [])]
    return "\n".join(parts)


def plain_text(cell):
    """출력마다 글 하나입니다. 한 출력에 여러 모양이 있으면(text/html과 text/plain) text/plain만 봅니다."""
    outputs = cell.get("outputs", [])
    parts = [output.get("text") or output.get("data", {}).get("text/plain") for output in outputs]
    return "\n".join(part for part in parts if part)


def shows(cell, kind):
    return any(kind in output.get("data", {}) for output in cell.get("outputs", []))


# ---------------------------------------------------------------- 연습의 선언


class DeclarationError(Exception):
    """강의 하나의 선언이나 다르게 쓴 답을 읽지 못한 이유입니다."""


def load(module, name):
    """모듈에서 이름 하나의 값을 읽습니다. 읽지 못하면 고칠 곳을 한 문장으로 알립니다."""
    file = module.replace(".", "/") + ".py"
    try:
        values = vars(importlib.import_module(module))
    except Exception as error:
        if isinstance(error, ModuleNotFoundError) and error.name == module:
            raise DeclarationError(f"{file} 파일이 없습니다.") from error
        told = f"{_where(error, file)} {type(error).__name__}: {error}"
        raise DeclarationError(f"{file}{told}") from error
    if name not in values:
        raise DeclarationError(f"{file}에 {name}가 없습니다. 파일의 끝에 '{name} = ...'를 씁니다.")
    return values[name]


def _where(error, file):
    frames = traceback.extract_tb(error.__traceback__)
    lines = [frame.lineno for frame in frames if Path(frame.filename).match(file)]
    if isinstance(error, SyntaxError) and Path(error.filename or "").match(file):
        lines.append(error.lineno)
    return f"의 {lines[-1]}번째 줄에서 오류가 났습니다." if lines else "를 읽지 못했습니다."


def declared_exercises(number):
    """강의 하나의 연습입니다. 예: `declared_exercises("03")`."""
    found = load(f"exercises.lesson_{number}", "EXERCISES")
    if not isinstance(found, list) or not all(isinstance(each, Exercise) for each in found):
        raise DeclarationError(
            f"exercises/lesson_{number}.py의 EXERCISES는 Exercise의 리스트여야 합니다."
        )
    return found


# ---------------------------------------------------------------- 코드


@functools.cache
def parse(source):
    """코드의 구문 트리입니다. 파이썬 문법에 맞지 않으면 None입니다."""
    try:
        return ast.parse(source)
    except SyntaxError:
        return None


@functools.cache
def _nodes(source):
    tree = parse(source)
    return [*ast.walk(tree)] if tree else []


def walk(cell, kinds):
    return [node for node in _nodes(cell.source) if isinstance(node, kinds)]


def bindings(cell):
    """셀의 전역 이름에 값을 묶는 곳마다 `(구문, 이름)`입니다. 함수와 클래스의 안은 보지 않습니다."""
    inner = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
    waiting = [parse(cell.source) or ast.Module([], [])]
    for node in waiting:
        if isinstance(node, (*FUNCTIONS, ast.ClassDef)):
            yield node, node.name
        elif isinstance(node, IMPORTS):
            yield from ((node, (item.asname or item.name).split(".")[0]) for item in node.names)
        elif not isinstance(node, inner):
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
                yield node, node.id
            waiting += ast.iter_child_nodes(node)


# ---------------------------------------------------------------- 글

HEADING = re.compile(r"(?m)^(#{1,6})[ \t]+(.+?)[ \t#]*$")
FENCE = re.compile(r"(?ms)^[ \t]*(```|~~~).*?^[ \t]*\1")
SPAN = re.compile(r"(?<!`)(`+)(?!`)((?:.|\n(?!\n))+?)(?<!`)\1(?!`)")
MATH = re.compile(r"\\begin\{(\w+\*?)\}[^$]*?\\end\{\1\}|(?<!\\)(\$\$?)(?:[^$\n]|\n(?!\n))+?\2")
URL = re.compile(r"[a-z]+://[^\s<>()\[\]\"'|]*")
LINK = re.compile(r"!?\[([^\]]*)\]\(\s*(?:<([^>]*)>|((?:[^()\s]|\([^()\s]*\))*))[^()]*\)")
LABEL = re.compile(r"(?m)^[ \t]*(?:[-*+]|\d+\.)?[ \t]*\*\*([^*\n]*\))?[^*()\n]*(?:\*\*:|:\*\*)")
TABLE_RULE = re.compile(r"[ \t]*(\|[ \t]*)?:?-+:?[ \t]*\|[ \t|:-]*")
SENTENCE_END = re.compile(r"""[가-힣]+[.?!](?=[\s)\]"'”’|]|$)""")
SOLUTION_WORDS = re.compile(r"(?<!되)풀이|(?<![A-Za-z])solutions(?![A-Za-z])|모범 답|해답")
EMOJI = re.compile("[\u2600-\u27bf\u2b50\u2b55\ufe0f\U0001f000-\U0001faff]")
SLOT = "□"  # 코드나 식이 있던 자리


def outside_code(text):
    """코드와 식을 뺀 마크다운입니다."""
    return MATH.sub(SLOT, SPAN.sub(SLOT, FENCE.sub("", text)))


def prose(text):
    """마크다운에서 문장으로 읽는 글만 남깁니다.

    제목, 굵은 꼬리표(`**이름**:`), 표의 머리줄, 코드, 식, 주소, 강조 표시, 다른 노트북으로 가는 링크의 글을 뺍니다.
    꼬리표 안의 괄호까지는 `**층(layer)**:`처럼 용어를 풀이한 것이라 남깁니다.
    """
    text = LINK.sub(lambda m: "" if ".ipynb" in m[0] else m[1], outside_code(text))
    lines = LABEL.sub(r"\1", URL.sub("", text)).replace("*", "").split("\n")
    below = [*lines[1:], ""]
    return "\n".join(
        line
        for line, next_line in zip(lines, below, strict=True)
        if not (HEADING.match(line) or TABLE_RULE.fullmatch(next_line))
    )


def links(cell):
    text = outside_code(cell.source)
    return [angled or plain for _, angled, plain in LINK.findall(text)]


def impolite(text):
    """합니다체가 아닌 문장의 끝을 찾습니다."""
    return [end for end in SENTENCE_END.findall(text) if not end.endswith(POLITE)]


# ---------------------------------------------------------------- 용어

Term = namedtuple("Term", "korean english forbidden")
# 짧은 용어 뒤에 올 수 있는 조사 (다른 한글이 이어지면 층수, 배치합니다, 특성상처럼 다른 낱말)
PARTICLES = (
    "은|는|이|가|을|를|의|에|에서|로|으로|과|와|도|만|마다|까지|부터|보다|처럼|씩|별|들|뿐|나|이나|"
    "인|일|이다|입니다|이며|이고|이면|이라|이라고|라고|이라는|라는|이란|란"
)


def read_glossary(text):
    """`용어` 제목 아래의 표를 읽습니다. 한 칸에 여러 용어가 있으면 영어와 순서대로 짝을 짓습니다."""
    section = re.search(r"(?ms)^#+ +용어[^\n]*\n(.*?)(?=^#|\Z)", text)
    lines = re.findall(r"(?m)^[ \t]*\|(.*)\|[ \t]*$", section[1]) if section else []
    terms = []
    for line in lines[2:]:  # 머리줄과 구분줄 다음
        korean, english, others = (cell.strip(" *`") for cell in line.split("|"))
        names = re.split(r" *[,/] *", korean)
        glosses = re.split(r" *[,/] *", re.sub(r" *\(.*?\)", "", english))
        if "/" in english:  # training / validation / test set
            glosses = [f"{gloss.split()[0]} {glosses[-1].split()[1]}" for gloss in glosses]
        forbidden = re.split(r" *, *", others) if others else []
        terms += [Term(*pair, forbidden) for pair in zip(names, glosses, strict=True)]
    return terms


@functools.cache
def term_finder(names):
    """용어를 찾는 정규식입니다. 겹치면 긴 것이 먼저입니다."""
    patterns = [
        f"(?<![가-힣]){re.escape(name)}"
        if len(re.findall("[가-힣]", name)) > 2
        else rf"(?<!\w){re.escape(name)}(?=(?:{PARTICLES}){{0,3}}(?![가-힣]))"
        for name in sorted(names, key=len, reverse=True)
    ]
    return re.compile("|".join(patterns))


# ---------------------------------------------------------------- 점으로 이은 이름

# 정의한 적이 없어도 글에 쓰는 변수마다, 그 이름이 가리킬 수 있는 값
_LAYER, _TENSOR = nn.Linear(1, 1), torch.ones(1, requires_grad=True)
_LAYER(_TENSOR).sum().backward()
_OPTIMIZER = torch.optim.Adam(_LAYER.parameters())
_NUMBERS = [_TENSOR, np.ones(1), pd.Series([1.0])]
_NUMBER_NAMES = ["loss", "x", "X", "y", "y_hat", "tensor", "param", "w", "b", "p"]
SAMPLES = dict.fromkeys(_NUMBER_NAMES, _NUMBERS) | {
    "self": [nn.Module()],
    "model": [_LAYER, nn.Sequential(_LAYER)],
    "optimizer": [_OPTIMIZER],
    "scheduler": [torch.optim.lr_scheduler.StepLR(_OPTIMIZER, 1)],
    "array": [np.ones(1)],
    "df": [pd.DataFrame()],
    "rng": [np.random.default_rng(0)],
    "ax": [plt.Axes],
    "fig": [plt.Figure],
}
NOT_NAMES = re.compile(r"[^\s()]*\.(csv|py|ipynb|md|txt|toml|json|png|pt|pth|npz?|org|com)")


def dotted(span):
    """코드 조각에서 점으로 이은 이름마다 그 부분입니다. `a.b(c.d)`이면 `[a, b]`와 `[c, d]`입니다."""
    tree = parse(span) or parse(span + " pass") or parse(span.lstrip("@"))
    if tree is None or NOT_NAMES.fullmatch(span):
        return
    attributes = [node for node in ast.walk(tree) if isinstance(node, ast.Attribute)]
    inner = [node.value for node in attributes]
    for node in attributes:
        names = ast.unparse(node).split(".")
        if node not in inner and all(name.isidentifier() for name in names):
            yield names


def follow(value, names):
    """값에서 이름을 하나씩 따라갈 수 있는지 봅니다."""
    for name in names:
        if isinstance(value, ModuleType) and not hasattr(value, name):
            with contextlib.suppress(ImportError):  # 아직 읽지 않은 하위 모듈
                importlib.import_module(f"{value.__name__}.{name}")
        if not hasattr(value, name):
            bases = value.__mro__ if isinstance(value, type) else ()
            return any(name in vars(base).get("__annotations__", {}) for base in bases)
        value = getattr(value, name)
        if value is None:  # 아직 값이 없는 속성
            return True
    return True


def imported(nb):
    """노트북이 import한 이름과 내장 이름마다 그 값입니다. 강의의 패키지는 늘 들어 있습니다."""
    values = dict(vars(builtins))
    exec("import torch, numpy, matplotlib, pandas, sklearn, helpers", values)
    for node in (node for cell in nb.code for node in walk(cell, IMPORTS)):
        with contextlib.suppress(ImportError):
            exec(ast.unparse(node), values)
    return values


def members(body):
    """클래스가 `self`에 붙이는 속성과 메서드의 이름입니다."""
    for node in ast.walk(body):
        if isinstance(node, FUNCTIONS):
            yield node.name
        elif isinstance(node, ast.Attribute) and ast.unparse(node.value) == "self":
            yield node.attr


def resolves(names, nb, values):
    root, first = names[:2]
    classes = [node for cell in nb.code for node in walk(cell, ast.ClassDef)]
    if root in values:
        return follow(values[root], names[1:])
    if root in SAMPLES or root in [node.name for node in classes]:
        samples = SAMPLES.get(root, SAMPLES["self"])
        own = {name for body in classes for name in members(body)}
        return first in own or any(follow(value, names[1:]) for value in samples)
    return root in {name for cell in nb.code for _, name in bindings(cell)}


# ---------------------------------------------------------------- 강의 지도


def map_needs(text):
    """지도의 표에서, 강의의 번호마다 먼저 볼 강의의 번호입니다. 괄호 안의 '(7절은 02)'는 세지 않습니다."""
    rows = re.findall(r"(?m)^\| (\d\d) \|.*\|([^|\n]*)\|$", text)
    return {number: re.findall(r"\d\d", re.sub(r"\(.*?\)", "", last)) for number, last in rows}


def map_orders(text):
    """`- **이름 순서**: 00, 01, ...`로 적은 순서마다 그 번호입니다."""
    lines = re.findall(r"(?m)^- \*\*(.+? 순서)\*\*: ([\d, ]+)", text)
    return {name: re.findall(r"\d\d", numbers) for name, numbers in lines}


def misordered(text):
    """지도의 순서가 빠뜨린 강의, 먼저 볼 노트북보다 앞에 놓은 강의를 찾습니다."""
    needs = map_needs(text)
    for number, wanted in needs.items():
        if unknown := [need for need in wanted if need not in needs]:
            yield f"{number}: 먼저 볼 노트북 {', '.join(unknown)}이(가) 표에 없습니다."
            return
    for name, order in map_orders(text).items():
        if sorted(order) != sorted(needs):
            yield f"{name}: 표의 모든 강의가 한 번씩 있어야 합니다."
            continue
        for number in order:
            if late := [need for need in needs[number] if order.index(need) > order.index(number)]:
                yield f"{name}: {number}보다 {', '.join(late)}이(가) 먼저 와야 합니다."


# ---------------------------------------------------------------- 규칙

RULES = {}
LESSONS_ONLY = {"sections", "ending", "neighbours", "glossed", "listed", "no_solutions"}


def rule(function):
    """`(셀, 문장)`을 내놓는 함수를, 문장의 목록을 돌려주는 규칙으로 등록합니다."""

    @functools.wraps(function)
    def complaints(nb):
        if nb.is_solution and function.__name__ in LESSONS_ONLY:
            return []
        return [f"{cell.id if cell else nb.path.name}: {text}" for cell, text in function(nb)]

    RULES[function.__name__] = complaints
    return complaints


@rule
def file_name(nb):
    if not re.fullmatch(r"[0-9]{2}_[a-z0-9_]+\.ipynb", nb.path.name):
        yield None, "파일의 이름이 NN_topic.ipynb 모양이 아닙니다."


@rule
def no_blanks(nb):
    for cell in nb.cells:
        for found in BLANK.findall(cell.source):
            yield cell, f"채우지 않은 {found}이(가) 있습니다."


@rule
def executed(nb):
    for count, cell in enumerate(nb.code, start=1):
        if not cell.source.strip():
            yield cell, "빈 코드 셀입니다."
        elif cell.execution_count != count:
            yield cell, f"실행 번호가 {count}이어야 하는데 {cell.execution_count}입니다."


@rule
def clean_outputs(nb):
    unwanted = {
        r"0x[0-9a-f]{6,}": "메모리 주소",
        r"/(?:home|Users|tmp)/|site-packages|\b[A-Z]:\\": "이 컴퓨터의 경로",
        r"<svg": "SVG 그림",
    }
    for cell in nb.code:
        for pattern, what in unwanted.items():
            if found := re.search(pattern, shown_text(cell)):
                yield cell, f"출력에 {what} '{found[0]}'이(가) 있습니다."
        if shows(cell, "image/svg+xml"):
            yield cell, "SVG 출력이 있습니다. 그림은 PNG로 저장합니다."
        for output in cell.outputs:
            if output.get("name") == "stderr":
                yield cell, "stderr 출력이 있습니다."
            if output.output_type == "error" and "raises-exception" not in tags(cell):
                yield cell, "오류가 저장되었는데 raises-exception 태그가 없습니다."


@rule
def cell_length(nb):
    for cell in nb.code:
        lines = cell.source.split("\n")
        if len(lines) > MAX_LINES:
            yield cell, f"{len(lines)}줄입니다. {MAX_LINES}줄까지 씁니다."
        for number, line in enumerate(lines, start=1):
            if len(line) > MAX_COLUMNS:
                yield cell, f"{number}번째 줄이 {len(line)}자입니다. {MAX_COLUMNS}자까지 씁니다."


@rule
def imports_in_one_cell(nb):
    for cell in nb.code[1:]:
        for node in walk(cell, IMPORTS):
            yield cell, f"'{ast.unparse(node)}'은(는) 첫 코드 셀에 씁니다."


@rule
def no_redefinition(nb):
    bound = [(cell, node, name) for cell in nb.code for node, name in bindings(cell)]
    home = {name: cell for cell, node, name in bound if not isinstance(node, ast.Name)}
    for cell, _, name in bound:
        if home.get(name, cell) is not cell:
            yield cell, f"셀 {home[name].id}에서 정의한 이름 '{name}'에 다시 값을 묶습니다."


@rule
def no_magic(nb):
    unwanted = {
        r"#\s*(?:NBVAL|PYTEST)_": "nbval 주석 대신 셀 태그를 씁니다.",
        r"filterwarnings|simplefilter\(\s*[\"']ignore": "경고를 끄지 않고 원인을 없앱니다.",
    }
    for cell in nb.code:
        magic = re.search(r"(?m)^[ \t]*[%!]", cell.source)
        if parse(cell.source) is None and (magic or "raises-exception" not in tags(cell)):
            yield cell, "파이썬 문법에 맞지 않습니다. 매직과 셸 명령은 쓰지 않습니다."
        for pattern, sentence in unwanted.items():
            if re.search(pattern, cell.source):
                yield cell, sentence


@rule
def quiet_ending(nb):
    for cell in nb.code:
        last = (getattr(parse(cell.source), "body", None) or [None])[-1]
        text = ast.unparse(last) if isinstance(last, ast.Expr) else ""
        if re.match(r"[\w.]+\.(manual_seed|plot|legend)\(", text) and cell.source[-1] != ";":
            yield cell, f"셀이 '{text}'(으)로 끝나 그 값이 출력됩니다."


@rule
def encoding_given(nb):
    for cell in nb.code:
        for call in map(ast.unparse, walk(cell, ast.Call)):
            opens = re.match(r"open\(|.*\.(read|write)_text\([^()]*\)$", call)
            if opens and not re.search(r"encoding=|'[rwax]\+?b", call):
                yield cell, f"'{call}'에 encoding을 적습니다."


@rule
def metadata(nb):
    if nb.path.read_bytes() != rerun.dump(rerun.canonicalise(nb.node)).encode():
        remedy = f"'python course.py rerun notebooks/{nb.path.name}'로 다시 저장하십시오."
        yield None, f"JupyterLab이 저장한 모양입니다. 결과와는 관계없습니다. {remedy}"
    counts = Counter(cell.id for cell in nb.cells)
    for cell in nb.cells:
        if rerun.is_automatic(cell.id) or counts[cell.id] > 1:
            yield cell, "셀 이름이 읽을 수 없거나 겹칩니다."
        if unknown := set(tags(cell)) - ALLOWED_TAGS:
            yield cell, f"쓰지 않는 태그 {sorted(unknown)}이(가) 있습니다."


@rule
def ignored_followed_by_assert(nb):
    for cell, following in itertools.zip_longest(nb.code, nb.code[1:]):
        if IGNORED in tags(cell) and not (following and _asserts(following)):
            yield cell, f"비교하지 않는 셀 다음에, 값을 assert하는 '{CHECK}' 셀이 없습니다."


def _asserts(cell):
    tests = [node.test for node in walk(cell, ast.Assert) if not isinstance(node.test, ast.Tuple)]
    uses_name = any(isinstance(node, ast.Name) for test in tests for node in ast.walk(test))
    return first_line(cell).startswith(CHECK) and IGNORED not in tags(cell) and uses_name


@rule
def sections(nb):
    first, titles = nb.first, [text for level, text in nb.headings if level == 1]
    if first.cell_type != "markdown" or not re.match(rf"# {nb.number}\. \S", first.source):
        yield first, f"첫 셀이 '# {nb.number}. 제목'으로 시작하지 않습니다."
    for word in ("배우는 것", "먼저 볼 노트북", "걸리는 시간"):
        if word not in first.source:
            yield first, f"첫 셀에 '{word}'이(가) 없습니다."
    if len(titles) != 1:
        yield None, f"# 제목이 하나여야 하는데 {len(titles)}개입니다."
    if nb.number != "00" and not any("흔한 실수" in text for _, text in nb.headings):
        yield None, "'흔한 실수' 절이 없습니다."
    if nb.number != "00" and not any(first_line(cell).startswith(CHECK) for cell in nb.code):
        yield None, f"'{CHECK}' 셀이 없습니다."


@rule
def ending(nb):
    chapters = [text for level, text in nb.headings if level == 2]
    tail = chapters[chapters.index("정리") + 1 :] if "정리" in chapters else []
    if not (tail and tail[0] in ENDINGS and {*tail} <= {*ENDINGS, "연습 문제"}):
        yield None, f"'정리', {ENDINGS} 중 하나, '연습 문제'(있다면)의 순서로 끝나야 합니다."
    text = "\n".join(cell.source for cell in nb.markdown)
    summary = re.search(r"(?ms)^## 정리[ \t]*$(.*?)(?=^#|\Z)", text)
    bullets = re.findall(r"(?m)^[-*] ", summary[1]) if summary else []
    if not 3 <= len(bullets) <= 5:
        yield None, f"정리의 항목은 3-5개인데 {len(bullets)}개입니다."


@rule
def exercises(nb):
    try:
        declared = nb.declared
    except DeclarationError as error:
        yield None, str(error)
        return
    found = [text for _, text in nb.headings if text.startswith("연습 ") and text != "연습 문제"]
    wanted = [f"연습 {name}. {title}" for name, title in declared]
    for here, there in itertools.zip_longest(found, wanted, fillvalue="없음"):
        if here != there:
            yield None, f"연습의 제목이 선언과 다릅니다. 노트북: '{here}', 선언: '{there}'"
    if nb.number != "00" and not 2 <= len(wanted) <= 4:
        file = f"exercises/lesson_{nb.number}.py"
        yield None, f"{file}에 선언한 연습이 2-4개여야 하는데 {len(wanted)}개입니다."
    checked = [(cell, name) for cell in nb.code for name in CHECKED.findall(cell.source)]
    if [name for _, name in checked] != [name for name, _ in declared]:
        yield None, "check()를 부르는 순서가 선언한 연습의 순서와 다릅니다."
    verdict = "맞았습니다." if nb.is_solution else "아직 답하지 않았습니다."
    for cell, name in checked:
        if not plain_text(cell).startswith(f"[{name}] {verdict}"):
            yield cell, f"check()의 출력이 '[{name}] {verdict}'로 시작하지 않습니다."
    if nb.is_solution:
        yield from _solution(nb)


CHECKED = re.compile(r"""(?m)^check\(["']([\w-]+)["'],""")


def _solution(nb):
    first = nb.first
    if not re.match(rf"# {nb.number}\. .+: 연습 문제의 풀이\n", first.source):
        yield first, f"첫 셀이 '# {nb.number}. 강의: 연습 문제의 풀이'로 시작하지 않습니다."
    if f"../{nb.path.name}" not in links(first):
        yield first, "첫 셀에 강의의 링크가 없습니다."
    if not any(PROGRESS_OFF in cell.source for cell in nb.code[:2]):
        yield None, f"풀이는 진도에 적지 않도록 '{PROGRESS_OFF}'으로 시작합니다."


@rule
def no_solutions(nb):
    """풀이 폴더는 지우고 나누어 줄 수 있으므로, 강의는 그곳으로 보내지 않습니다."""
    for cell in nb.cells:
        text = cell.source + "\n" + shown_text(cell)
        for found in dict.fromkeys(SOLUTION_WORDS.findall(text)):
            yield cell, f"'{found}'이(가) 있습니다. 지울 수 있는 풀이를 강의에서 말하지 않습니다."


@rule
def listed(nb):
    """README의 강의 표, 00강의 지도가 첫 셀과 같은 말을 하는지 봅니다."""
    first = nb.first
    file = re.escape(f"notebooks/{nb.path.name}")
    if row := re.search(rf"(?m)^\|.*\]\({file}\).*\|[ \t]*$", nb.readme):
        reading, running = (text.strip() for text in row[0].split("|")[-3:-1])
        if f"읽고 해 보기 {reading}, 실행 {running} |" not in first.source:
            yield first, f"README의 강의 표에 적은 시간({reading}, 실행 {running})과 다릅니다."
    else:
        yield None, "README의 강의 표에 이 노트북의 줄이 없습니다."
    known = map_needs(chart(nb.path.parent)).get(nb.number)
    if known is None:
        yield None, f"00강의 지도에 {nb.number}의 줄이 없습니다."
    elif row := re.search(r"(?m)^\| 먼저 볼 노트북 \|(.*)", first.source):
        needed = re.findall(r"\((\d\d)_\w+\.ipynb\b", re.sub(r"\(\d절은.*", "", row[1]))
        if known != sorted(needed):
            yield first, f"먼저 볼 노트북이 {sorted(needed)}인데 00강의 지도에는 {known}입니다."


def chart(folder):
    """00강에 있는 강의 지도입니다. 없으면 빈 글입니다."""
    texts = [Notebook.read(path).markdown for path in sorted(folder.glob("00_*.ipynb"))[:1]]
    return "".join(cell.source for cells in texts for cell in cells if cell.id == MAP_CELL)


@rule
def neighbours(nb):
    lessons = sorted(path.name for path in nb.path.parent.glob("*.ipynb"))
    place = lessons.index(nb.path.name)
    for name in lessons[max(place - 1, 0) : place] + lessons[place + 1 : place + 2]:
        if name not in links(nb.last):
            yield nb.last, f"마지막 글 셀에 이웃한 강의 {name}의 링크가 없습니다."


@rule
def links_resolve(nb):
    for cell in nb.markdown:
        for link in dict.fromkeys(links(cell) + URL.findall(outside_code(cell.source))):
            if problem := _broken(link, nb):
                yield cell, f"링크 '{link}': {problem}"


def _broken(link, nb):
    parts = urlsplit(link)
    if parts.scheme or parts.netloc:
        is_host = re.fullmatch(r"[\w-]+(\.[\w-]+)+", parts.netloc)
        return None if parts.scheme == "https" and is_host else "https 주소가 아닙니다."
    file, anchor = unquote(parts.path), unquote(parts.fragment)
    target = nb.path.parent / file if file else nb.path
    if file.startswith("/") or not target.exists():
        return "파일이 없습니다."
    if anchor and target.suffix == ".ipynb":
        headings = (Notebook.read(target) if file else nb).headings
        if anchor not in {text.replace(" ", "-") for _, text in headings}:
            return "그런 제목이 없습니다."
    return None


@rule
def figures(nb):
    number = 0
    for cell, following in itertools.zip_longest(nb.cells, nb.cells[1:]):
        caption = re.match(r"\*\*그림 (\d+)\.\*\*(.*)", following.source if following else "")
        if not shows(cell, "image/png"):
            if caption:
                yield following, "그림이 없는 셀 다음에 그림 설명이 있습니다."
            continue
        number += 1
        if not caption or following.cell_type != "markdown" or int(caption[1]) != number:
            yield cell, f"그림 다음에 '**그림 {number}.**'으로 시작하는 글 셀이 없습니다."
        elif not any(len(part.strip()) >= 15 for part in re.split(r"(?<=[.?])\s", caption[2])):
            yield following, "그림 설명에 15자 이상인 문장이 없습니다."


@rule
def figure_size(nb):
    for cell in nb.code:
        for data in (output.get("data", {}) for output in cell.outputs):
            if png := data.get("image/png"):
                width = _width(png)
                if width is None:
                    yield cell, "그림을 열 수 없습니다."
                elif width > MAX_WIDTH:
                    yield cell, f"그림의 너비가 {width}화소입니다. {MAX_WIDTH}화소까지 그립니다."


def _width(png):
    """그림의 너비(화소)입니다. 끝까지 읽을 수 없으면 None입니다."""
    try:
        with Image.open(io.BytesIO(base64.b64decode(png))) as image:
            image.load()
            return image.width
    except (OSError, SyntaxError, ValueError):  # 깨진 PNG
        return None


@rule
def glossary(nb):
    for cell in nb.cells:
        text = cell.source + "\n" + shown_text(cell)
        for word in dict.fromkeys(word for term in nb.terms for word in term.forbidden):
            if re.search(f"(?<![가-힣]){re.escape(word)}", text):
                yield cell, f"'{word}'은(는) 쓰지 않는 말입니다."


@rule
def glossed(nb):
    waiting = {term.korean: term.english for term in nb.terms}
    finder = term_finder(tuple(waiting))
    for cell in nb.markdown:
        text = " ".join(prose(cell.source).split())
        for found in finder.finditer(text):
            english = waiting.pop(found[0], None)
            if english and not re.match(rf"\({re.escape(english)}[,)]", text[found.end() :]):
                yield cell, f"처음 나오는 용어입니다. '{found[0]}({english})'처럼 씁니다."


@rule
def hamnida(nb):
    for cell in nb.markdown:
        text = prose(cell.source)
        for phrase in impolite(text) + re.findall(r"(?<![가-힣])(?:우리[는가]|여러분)", text):
            yield cell, f"'{phrase}'은(는) 합니다체 문장에 쓰지 않습니다."
        for emoji in EMOJI.findall(cell.source):
            yield cell, f"그림 문자 {emoji}은(는) 쓰지 않습니다."
    for cell in nb.code:
        prints = [call for call in walk(cell, ast.Call) if ast.unparse(call.func) == "print"]
        for argument in (argument for call in prints for argument in call.args):
            for phrase in impolite(_literal(argument)):
                yield cell, f"출력하는 글의 '{phrase}'은(는) 합니다체가 아닙니다."


def _literal(node):
    """글 상수나 f-문자열의 글입니다. 값이 들어갈 자리는 SLOT으로 채웁니다."""
    parts = node.values if isinstance(node, ast.JoinedStr) else [node]
    return "".join(str(part.value) if isinstance(part, ast.Constant) else SLOT for part in parts)


@rule
def dotted_names(nb):
    values = imported(nb)
    for cell in nb.markdown:
        for _, span in SPAN.findall(FENCE.sub("", cell.source)):
            for names in dotted(span.strip()):
                if not resolves(names, nb, values):
                    yield cell, f"`{'.'.join(names)}`이라는 이름을 찾을 수 없습니다."
