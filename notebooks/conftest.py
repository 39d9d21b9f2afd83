"""노트북을 검사할 때 tests/rules.py의 규칙도 함께 검사합니다.

셀을 실행해 비교하는 일은 nbval이 합니다. 컴퓨터마다 다른 출력의 비교만 tests/loose_outputs.py가 정합니다.
"""

import functools
import os
from unittest import mock

import nbformat
import pytest


@pytest.hookimpl(wrapper=True)
def pytest_collect_file(file_path, parent):
    cells = yield
    if file_path.suffix != ".ipynb":
        return cells
    rules = Rules.from_parent(parent, path=file_path)
    return [rules, *cells] if rules.node else [rules]


@pytest.hookimpl(wrapper=True)
def pytest_runtest_setup(item):
    """nbval의 커널이 시작할 때만 환경 변수를 바꿉니다."""
    from tests.rerun import QUIET

    with mock.patch.dict(os.environ, QUIET):
        return (yield)


def pytest_itemcollected(item):
    """셀마다 비교하는 법을 정합니다."""
    if not hasattr(item, "compare_outputs"):
        return
    from tests import loose_outputs

    strict, loose = (
        item.compare_outputs,
        loose_outputs.IGNORED in item.cell.metadata.get("tags", []),
    )
    skipped = (*item.parent.skip_compare, *loose_outputs.not_compared(item.cell))

    def compare(new, stored, skip_compare=skipped):
        if not loose:
            return strict(new, stored, skip_compare)
        found = loose_outputs.shown_differences(item.parent.path.name, item.cell, new)
        item.comparison_traceback = [*found]
        return not item.comparison_traceback

    item.options["check"] = True
    item.compare_outputs = compare


class Rules(pytest.File):
    """노트북 하나의 규칙입니다."""

    @functools.cached_property
    def node(self):
        """읽은 노트북입니다. 노트북이 아닌 파일이면 None입니다."""
        try:
            node = nbformat.read(self.path, as_version=4)
        except (ValueError, TypeError, AttributeError, KeyError):
            return None
        return node if "cells" in node else None

    @functools.cached_property
    def notebook(self):
        from tests import rerun, rules

        readme = (rerun.ROOT / "README.md").read_text(encoding="utf-8")
        return rules.Notebook(self.path, self.node, readme=readme)

    def collect(self):
        from tests import rules  # torch를 읽으므로 노트북을 검사할 때만

        if not self.node:
            told = f"[문제] {self.path.name}: 노트북 파일이 아닙니다. JupyterLab에서 열리는지 봅니다."
            raise self.CollectError(told)
        return [Rule.from_parent(self, name=name) for name in rules.RULES]


class Rule(pytest.Item):
    """규칙 하나입니다. 어긴 곳을 한 줄씩 알립니다."""

    def runtest(self):
        from tests.rules import RULES

        if complaints := RULES[self.name](self.parent.notebook):
            raise BrokenRuleError("\n".join(complaints))

    def repr_failure(self, excinfo):
        if isinstance(excinfo.value, BrokenRuleError):
            return str(excinfo.value)
        return super().repr_failure(excinfo)

    def reportinfo(self):
        return self.path, 0, f"{self.path.name}: {self.name}"


class BrokenRuleError(Exception):
    """규칙을 어긴 곳의 목록입니다."""
