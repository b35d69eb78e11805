"""Ends a process when the program that started it has ended in whatever way, SIGKILL included.

A small process of its own waits on a pipe that only the program holds: it closes with it, on every platform.
"""

import os
import signal
import subprocess
import sys

CODE = "import os, sys; os.read(0, 1); getattr(os, sys.argv[1])(int(sys.argv[2]), int(sys.argv[3]))"


class Guard:
    def __init__(self, pid: int, how: signal.Signals, *, group: bool = False) -> None:
        """Sends the signal to the process, or to all of its group."""
        send = "killpg" if group else "kill"
        command = [sys.executable, "-I", "-S", "-c", CODE, send, str(pid), str(int(how))]
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stderr=subprocess.DEVNULL, start_new_session=True, cwd="/"
        )

    def dismiss(self) -> None:
        """The process has ended."""
        self._process.kill()
        self._process.wait()
        if self._process.stdin:
            self._process.stdin.close()


def is_living(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
