"""노트북을 규칙이 보는 조각으로 읽습니다: 셀, 코드, 글, 용어, 점으로 이은 이름."""

import ast
import builtins
import contextlib
import functools
import importlib
import re
import traceback
from collections import namedtuple
from pathlib import Path
from types import ModuleType

import nbformat
import numpy as np
import pandas as pd
import torch
from matplotlib import pyplot as plt
from torch import nn

import exercises as declarations
from exercises.engine import Exercise

# 아직 두 번째 판으로 옮기지 않은 강의입니다. 새 판의 한도와 글에 적힌 수의 규칙은 이 강의들을 기다립니다.
NOT_YET = ("03", "04", "05", "06", "07", "08", "09", "10", "11", "12")

CORE, DEEPER, SOLUTION = "core", "deeper", "solution"  # 노트북의 갈래: 강의, 심화, 풀이
SOLUTIONS = "solutions"  # 연습 문제의 풀이가 있는 폴더
KINDS = {"deeper": DEEPER, SOLUTIONS: SOLUTION}  # 폴더의 이름마다 그 안의 노트북
CORE_EXERCISES = 3  # 강의에 두는 연습의 수. 나머지는 심화에 있음
CHECK = "# 직접 확인"
EXERCISES_HEADING = re.compile(r"(?m)^## 연습 문제[ \t]*$")
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
        self.kind = KINDS.get(self.path.parent.name, CORE)
        self.is_carried = self.kind == DEEPER or (self.kind == CORE and self.number not in NOT_YET)
        self.node = node
        self.terms = read_glossary(readme) if terms is None else tuple(terms)
        self.readme = readme
        self._declared = declared
        self.cells = node.cells
        self.code = [cell for cell in self.cells if cell.cell_type == "code"]
        self.markdown = [cell for cell in self.cells if cell.cell_type == "markdown"]
        nothing = [nbformat.v4.new_markdown_cell(id="nothing")]  # 빈 노트북
        self.first, self.last = (self.cells or nothing)[0], (self.markdown or nothing)[-1]

    @property
    def key(self):
        """notebooks 폴더에서 본 경로입니다. 예: `deeper/01_linear_regression.ipynb`."""
        folder = self.path.parent.name
        return f"{folder}/{self.path.name}" if folder in KINDS else self.path.name

    @property
    def core(self):
        """심화와 풀이가 딸린 강의의 경로입니다. 강의라면 자신입니다."""
        return self.path if self.kind == CORE else self.path.parent.parent / self.path.name

    @property
    def deeper(self):
        """심화의 경로입니다. 파일이 없을 수도 있습니다."""
        return self.core.parent / "deeper" / self.path.name

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

    @property
    def exercises(self):
        """이 노트북에 있어야 하는 연습입니다. 옮긴 강의는 앞의 셋, 심화는 나머지를 가집니다."""
        if self.kind == DEEPER:
            return self.declared[CORE_EXERCISES:]
        return self.declared[:CORE_EXERCISES] if self.is_carried else self.declared

    @functools.cached_property
    def lesson(self):
        """연습 문제를 뺀 셀입니다. 연습 문제의 제목이 셀의 중간에 있으면 그 앞까지만 남깁니다."""
        kept = []
        for cell in self.cells:
            found = cell.cell_type == "markdown" and EXERCISES_HEADING.search(cell.source)
            if found:
                before = cell | {"source": cell.source[: found.start()]}
                return [*kept, nbformat.from_dict(before)]
            kept.append(cell)
        return kept

    @functools.cached_property
    def headings(self):
        """제목마다 `(단계, 글)`입니다. 글에는 강조와 코드 표시가 없습니다."""
        return [(level, text) for _, level, text in self.titled]

    @functools.cached_property
    def titled(self):
        """제목마다 `(셀, 단계, 글)`입니다."""
        return [
            (cell, len(marks), re.sub(r"[*`]", "", title))
            for cell in self.markdown
            for marks, title in HEADING.findall(FENCE.sub("", cell.source))
        ]


def tags(cell):
    return cell.metadata.get("tags", [])


def first_line(cell):
    return cell.source.split("\n", 1)[0]


def shown_text(cell):
    """셀의 출력에 있는 모든 글입니다. 재생기에 글자로 담긴 그림은 뺍니다."""
    parts = []
    for output in cell.get("outputs", []):
        parts += [text for kind, text in output.get("data", {}).items() if kind.startswith("text/")]
        parts += [output.get("text", ""), output.get("evalue", ""), *output.get("traceback", [])]
    return re.sub("base64,[A-Za-z0-9+/=]+", "", "\n".join(parts))


def plain_text(cell):
    """출력마다 글 하나입니다. 한 출력에 여러 모양이 있으면(text/html과 text/plain) text/plain만 봅니다."""
    outputs = cell.get("outputs", [])
    parts = [output.get("text") or output.get("data", {}).get("text/plain") for output in outputs]
    return "\n".join(part for part in parts if part)


def shows(cell, kind):
    return any(kind in output.get("data", {}) for output in cell.get("outputs", []))


def has_picture(cell):
    """셀이 그림이나 재생기를 보이는지 봅니다."""
    htmls = (output.get("data", {}).get("text/html", "") for output in cell.get("outputs", []))
    return shows(cell, "image/png") or any("data-player" in html for html in htmls)


def is_check(cell):
    return first_line(cell).startswith(CHECK)


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
