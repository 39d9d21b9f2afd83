"""테스트 점수로 고르는 코드를 찾습니다.

test_로 시작하거나 _test로 끝나는 이름, `scores["test"]`처럼 꺼낸 것, 그것으로 계산한 값을 따라갑니다. 그 값에서 가장 좋은
것을 찾거나, 그 크기로 갈라지거나, val_이나 best_로 시작하는 이름에 담으면 고른 것으로 봅니다. 직접 확인 셀의 min과 max는
잰 값의 범위를 말하는 것이라 봐줍니다.
"""

import ast
import re

from tests.notebook import FUNCTIONS, is_check, parse

TEST = re.compile(r"(?:test|tested)(_.*)?|.*_test")
OTHER = re.compile(r"(val|train|fit)(_.*)?")  # `scores["val"]`은 테스트에서 오지 않음
KEPT = re.compile(r"(val|best)_.*")  # 고르는 데 쓰는 값의 이름
RANGE = {"min", "max"}
CHOOSING = RANGE | {"argmin", "argmax", "idxmin", "idxmax", "argsort", "sorted", "sort"}
ADDING = {"append", "extend", "insert", "add", "update"}
ORDER = {ast.Lt, ast.LtE, ast.Gt, ast.GtE}
LOOPS = (ast.For, ast.While)
BLOCKS = (ast.stmt, ast.excepthandler, ast.match_case)


def by_test(nb):
    """`(셀, 문장)`을 하나씩 내놓습니다."""
    known = set()
    for cell in nb.code:
        choosing = CHOOSING - RANGE if is_check(cell) else CHOOSING
        found = _read(getattr(parse(cell.source), "body", []), known, choosing)
        yield from ((cell, sentence) for sentence in dict.fromkeys(found))


def _read(body, known, choosing):
    """문장을 순서대로 읽어, 테스트에서 온 이름을 `known`에 모으며 고르는 곳을 알립니다."""
    for node in body:
        if isinstance(node, FUNCTIONS):
            inner = known - {each.arg for each in ast.walk(node.args) if isinstance(each, ast.arg)}
            yield from _read(node.body, inner, choosing)
            given = [each.value for each in ast.walk(node) if isinstance(each, ast.Return)]
            _mark(node.name, any(value and _comes(value, inner) for value in given), known)
            continue
        children = [*ast.iter_child_nodes(node)]
        blocks = [child for child in children if isinstance(child, BLOCKS)]
        for part in (child for child in children if child not in blocks):
            yield from _choices(part, known, choosing)
        if isinstance(node, ast.If | ast.While):
            yield from _branches(node.test, known)
        for target, value in _pairs(node):
            yield from _bind(target, value, known)
        for _ in range(1 + isinstance(node, LOOPS)):  # 앞 바퀴에서 담은 값도 봄
            yield from _read(blocks, known, choosing)


def _comes(node, known):
    """식의 값이 테스트에서 왔는지 봅니다."""
    if isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Constant):
        key = str(node.slice.value)
        if TEST.fullmatch(key) or OTHER.fullmatch(key):
            return bool(TEST.fullmatch(key))
    name = getattr(node, "id", getattr(node, "attr", ""))
    if name in known or TEST.fullmatch(name):
        return True
    return any(_comes(child, known) for child in ast.iter_child_nodes(node))


def _choices(part, known, choosing):
    for node in ast.walk(part):
        if isinstance(node, ast.Call) and _comes(node, known):
            name = ast.unparse(node.func).split(".")[-1]
            if name in choosing and not (name == "argmax" and _along_axis(node)):
                yield f"테스트에서 온 값을 {name}()에 넣습니다: '{ast.unparse(node)}'"
        elif isinstance(node, ast.IfExp):
            yield from _branches(node.test, known)


def _branches(test, known):
    """테스트에서 온 값이 더 큰지 작은지에 따라 갈라지면 알립니다."""
    for node in ast.walk(test):
        ordered = isinstance(node, ast.Compare) and {*map(type, node.ops)} & ORDER
        if ordered and _comes(node, known):
            yield f"테스트에서 온 '{ast.unparse(node)}'(으)로 갈라집니다."


def _along_axis(call):
    """축을 정한 argmax는 모델을 고르지 않고, 행마다 클래스를 예측합니다."""
    given = {keyword.arg for keyword in call.keywords} & {"dim", "axis"}
    return given or any(isinstance(each, ast.Constant | ast.UnaryOp) for each in call.args)


def _pairs(node):
    """문장이 값을 담는 곳마다 `(담는 곳, 값)`입니다. 리스트에 더하는 것도 담는 것으로 봅니다."""
    for target in getattr(node, "targets", [getattr(node, "target", None)]):
        value = getattr(node, "value", None) or getattr(node, "iter", None)
        if target and value:
            yield target, value
    for each in getattr(node, "items", []):
        if each.optional_vars:
            yield each.optional_vars, each.context_expr
    for call in ast.walk(node.value) if isinstance(node, ast.Expr) else []:
        if isinstance(call, ast.Call) and getattr(call.func, "attr", "") in ADDING:
            yield from ((ast.Subscript(call.func.value, given), given) for given in call.args)


def _bind(target, value, known):
    targets = getattr(target, "elts", [target])
    values = getattr(value, "elts", [])
    if len(targets) != len(values) or len(targets) == 1:
        values = [value] * len(targets)
    names = [
        next((node.id for node in ast.walk(each) if isinstance(node, ast.Name)), "")
        for each in targets
    ]
    # 여럿을 한꺼번에 받으면서 그중에 test라는 이름이 있으면, 테스트에서 온 것은 그것뿐임
    is_told = len(targets) > 1 and any(map(TEST.fullmatch, names))
    for each, name, given in zip(targets, names, values, strict=True):
        comes = _comes(given, known) and not is_told
        if comes and KEPT.fullmatch(name):
            yield f"테스트에서 온 값을 {name}에 담습니다: '{ast.unparse(given)}'"
        if comes or isinstance(each, ast.Name):
            _mark(name, comes, known)


def _mark(name, comes, known):
    (known.add if comes else known.discard)(name)
