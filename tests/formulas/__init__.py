"""노트북의 식($$...$$)이 말하는 값을 코드가 구한 값과 비교합니다.

강의 NN의 식은 lesson_NN.py의 `FORMULAS`에 있습니다. 식은 노트북에 있는 LaTeX 글 그대로 적으므로, 노트북에서 부호나
지수 하나를 고쳐도 짝을 잃습니다. `@FORMULAS.pair(r"...")`가 붙은 함수는 `(rng, code)`를 받아 `(식의 값, 코드의 값)`을
하나씩 내놓습니다. 셋째 값이 있으면 허용하는 상대 오차입니다. 식의 값은 LaTeX를 보고 새로 적고, 코드의 값은 노트북의
코드를 그대로 실행해(`code`) 구하거나 torch와 NumPy의 함수로 구합니다. 코드에 짝이 없는 식은 `unpaired`에 이유를 적습니다.
"""

import ast
import importlib

import numpy as np

from tests.notebook import FENCE, MATH, SPAN, bindings, parse

RTOL, ATOL = 1e-9, 1e-12  # 반올림 오차만 허용
FILE = "tests/formulas/lesson_{}.py"


class Formulas:
    """강의 하나의 식입니다. `paired`에는 LaTeX마다 비교하는 함수가, `unpaired`에는 짝이 없는 이유가 있습니다."""

    def __init__(self, unpaired=()):
        self.paired, self.unpaired = {}, {one_line(key): why for key, why in dict(unpaired).items()}

    def pair(self, *latex):
        def register(function):
            self.paired.update(dict.fromkeys(map(one_line, latex), function))
            return function

        return register


class Code:
    """노트북의 코드에서 필요한 것만 실행합니다. `values`는 그 코드가 보는 전역 이름입니다."""

    def __init__(self, notebooks):
        self.cells = [cell for nb in notebooks for cell in nb.code]
        found = [pair for cell in reversed(self.cells) for pair in bindings(cell)]
        self.nodes = {name: node for node, name in found if not isinstance(node, ast.Name)}
        self.values = {}

    def define(self, name, **values):
        """import, 함수, 클래스 하나를 그것이 쓰는 정의와 함께 만들어 돌려줍니다."""
        self.values.update(values)
        if name not in self.values:
            self._define_all(self.nodes[name], without=name)
            exec(compile(ast.Module([self.nodes[name]], []), "<노트북>", "exec"), self.values)
        return self.values[name]

    def expression(self, text, **values):
        """어느 셀에 글자 그대로 있는 계산식의 값입니다."""
        if not any(one_line(text) in one_line(cell.source) for cell in self.cells):
            raise LookupError(f"코드에 '{text}'이(가) 없습니다.")
        self.values.update(values)
        self._define_all(parse(text))
        return eval(text, self.values)

    def cell(self, cell_id, **values):
        """셀 하나를 실행한 뒤의 전역 이름마다 그 값입니다."""
        source = next((cell.source for cell in self.cells if cell.id == cell_id), None)
        if source is None:
            raise LookupError(f"코드 셀 {cell_id}이(가) 없습니다.")
        self.values.update(values)
        self._define_all(parse(source))
        exec(source, self.values)
        return self.values

    def _define_all(self, tree, without=None):
        used = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
        for name in sorted(used & self.nodes.keys() - {without}):
            self.define(name)


def one_line(text):
    return " ".join(text.split())


def of_lesson(number):
    """강의 하나의 식입니다. 파일이 없으면 식이 없는 강의입니다."""
    name = f"tests.formulas.lesson_{number}"
    try:
        return importlib.import_module(name).FORMULAS
    except ModuleNotFoundError as error:
        if error.name != name:
            raise
        return Formulas()


def displayed(nb):
    """글 셀의 식마다 `(셀, LaTeX)`입니다."""
    for cell in nb.markdown:
        for found in MATH.finditer(SPAN.sub("", FENCE.sub("", cell.source))):
            if found[2] == "$$" or found[1]:
                yield cell, one_line(found[0].strip("$"))


def unknown(nb, formulas):
    """노트북의 식 가운데 짝도 이유도 없는 것을 알리는 문장입니다."""
    file = FILE.format(nb.number)
    for cell, latex in displayed(nb):
        if latex not in formulas.paired and latex not in formulas.unpaired:
            yield f"{nb.path.name} {cell.id}: 식 '{latex}'이(가) {file}에 없습니다."


def stale(notebooks, formulas):
    """어느 노트북에도 없는 식입니다."""
    written = {latex for nb in notebooks for _, latex in displayed(nb)}
    return [latex for latex in {**formulas.paired, **formulas.unpaired} if latex not in written]


def home_first(function, formulas, notebooks):
    """식이 있는 노트북부터 놓습니다. 이름이 같은 정의가 둘이면 그 노트북의 것을 씁니다."""
    own = {latex for latex, pair in formulas.paired.items() if pair is function}
    return sorted(notebooks, key=lambda nb: own.isdisjoint(latex for _, latex in displayed(nb)))


def differences(function, code):
    """식의 값과 코드의 값이 다른 곳입니다. 비교한 것이 없으면 그것도 알립니다."""
    pairs = [*function(np.random.default_rng(0), code)]
    if not pairs:
        yield "비교한 값이 없습니다."
    for place, (*values, rtol) in enumerate((*pair, RTOL)[:3] for pair in pairs):
        spoken, computed = map(_array, values)
        if spoken.shape != computed.shape:
            yield f"비교 {place}: 모양이 {spoken.shape}와 {computed.shape}입니다."
        elif not np.allclose(spoken, computed, rtol=rtol, atol=ATOL):
            yield f"비교 {place}: 식은 {spoken.tolist()}, 코드는 {computed.tolist()}입니다."


def _array(value):
    return np.asarray(value.detach() if hasattr(value, "detach") else value, dtype=float)
