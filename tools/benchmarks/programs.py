# Programs run for a figure: one that ends, one that serves, and what memory they took.
import json
import signal
import subprocess
import threading

TIMEOUT_S = 1800  # of one run of one program: a bench that hangs is a failure


class Skipped(Exception):
    """What cannot be done on this machine; the message says why in a few words."""


def run(*command, env=None):
    """The JSON lines that a program prints; ends the benchmark when it fails."""
    done = subprocess.run(command, capture_output=True, text=True, env=env, timeout=TIMEOUT_S)
    if done.returncode:
        raise RuntimeError(f"{' '.join(command)}: {(done.stderr or done.stdout).strip()}")
    return [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]


def measured(*command, env=None):
    """The last JSON line, with the most anonymous memory that the program had."""
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=env) as process:
        memory = Memory(process.pid)
        try:
            output, _ = process.communicate(timeout=TIMEOUT_S)
        finally:
            process.kill()
            peak = memory.stop()
    if process.returncode:
        raise RuntimeError(f"{' '.join(command)}: it ended with {process.returncode}: {output}")
    return {**json.loads(output.splitlines()[-1]), "anonymous_bytes": peak}


def anonymous_bytes(pid):
    """Memory that is the program's own: what it maps of files is the page cache's."""
    with open(f"/proc/{pid}/status") as file:
        return next((int(line.split()[1]) * 1024 for line in file if line.startswith("RssAnon")), 0)


class Memory:
    """Looks at a process every few milliseconds and keeps the highest figure."""

    def __init__(self, pid):
        self.pid, self.peak, self.over = pid, 0, threading.Event()
        self.thread = threading.Thread(target=self.watch, daemon=True)
        self.thread.start()

    def watch(self):
        while not self.over.wait(0.005):
            try:
                self.peak = max(self.peak, anonymous_bytes(self.pid))
            except (FileNotFoundError, ProcessLookupError):
                return

    def stop(self):
        self.over.set()
        self.thread.join()
        return self.peak


class Server:
    """A program that prints its address first and serves until it is stopped."""

    def __init__(self, *command, env=None):
        self.process = subprocess.Popen(
            command, env=env, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        line = self.process.stdout.readline()
        if not line:
            raise RuntimeError(f"{' '.join(command)}: it does not serve")
        first = json.loads(line)
        self.port = first.get("port") or int(first["address"].rstrip("/").rsplit(":", 1)[1])

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()
