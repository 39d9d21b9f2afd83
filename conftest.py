"""노트북과 tests가 함께 쓰는 pytest 설정입니다."""

from tests import kernels


def pytest_configure():
    kernels.use_forks()
