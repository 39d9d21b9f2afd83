"""노트북을 검사할 때 커널을 빨리 시작합니다.

커널마다 torch를 새로 읽으면 2초 넘게 CPU를 씁니다. 그래서 torch와 matplotlib을 읽어 둔 프로세스 하나를 두고 커널마다 fork합니다.
노트북이 보는 것은 새로 시작한 커널과 같습니다. fork가 없는 Windows와, fork한 뒤의 시스템 라이브러리를 믿을 수 없는
macOS에서는 원래대로 시작합니다.
"""

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from jupyter_client.provisioning import local_provisioner

ROOT = Path(__file__).resolve().parent.parent
INLINE = {"MPLBACKEND": "module://matplotlib_inline.backend_inline"}  # 커널이 정하는 값


def use_forks():
    """이 프로세스가 지금부터 시작하는 커널을 fork로 시작하게 합니다."""
    if sys.platform == "linux":
        local_provisioner.launch_kernel = Forked


class Forked:
    """fork로 시작한 커널입니다. jupyter_client가 쓰는 만큼만 `subprocess.Popen`과 같습니다."""

    stdin = stdout = stderr = None
    server = None

    def __init__(self, command, env, cwd=None, **_):
        if not Forked.server:
            Forked.server = subprocess.Popen(
                [sys.executable, "-m", __name__],
                cwd=ROOT,
                env=os.environ | INLINE,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                encoding="utf-8",
            )
        options = command[command.index("-f") :]
        request = {"options": options, "env": {**env}, "folder": str(cwd or Path.cwd())}
        print(json.dumps(request), file=Forked.server.stdin, flush=True)
        self.pid = int(Forked.server.stdout.readline())

    def poll(self):
        """끝났으면 0, 아니면 None입니다."""
        try:
            os.kill(self.pid, 0)
        except ProcessLookupError:
            return 0
        return None

    def wait(self):
        while self.poll() is None:
            time.sleep(0.01)
        return 0

    def send_signal(self, number):
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.pid, number)

    def terminate(self):
        self.send_signal(signal.SIGTERM)

    def kill(self):
        self.send_signal(signal.SIGKILL)


def serve():
    """한 줄에 하나씩 부탁을 받아 커널을 fork합니다. 부탁하는 프로세스가 끝나면 함께 끝납니다."""
    import matplotlib.pyplot  # noqa: F401
    import torch._dynamo  # noqa: F401  옵티마이저를 처음 만들 때 읽는 것
    from ipykernel.kernelapp import IPKernelApp

    server = os.getpid()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # 끝난 커널이 남지 않게
    for line in sys.stdin:
        if os.fork() == 0:
            become_kernel(IPKernelApp, server, **json.loads(line))


def become_kernel(app, server, options, env, folder):
    """`python -m ipykernel_launcher`로 시작한 것과 같은 상태를 만들고 커널을 실행합니다."""
    import numpy as np
    import torch

    os.setsid()
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(env, JPY_PARENT_PID=str(server))  # 서버가 끝나면 커널도 끝남
    sys.path[:] = [path for path in sys.path if Path(path) != ROOT]
    sys.argv = ["ipykernel_launcher.py", *options]
    del sys.modules["tests"]
    np.random.seed()  # 시드를 정하지 않은 난수는 커널마다 다름
    torch.seed()
    print(os.getpid(), flush=True)
    nothing = os.open(os.devnull, os.O_RDWR)
    for standard in (0, 1, 2):
        os.dup2(nothing, standard)
    app.launch_instance(options)
    os._exit(0)


if __name__ == "__main__":
    serve()
