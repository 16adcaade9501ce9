# The databases that do the same work, where they are installed: SQLite, and a PostgreSQL of our
# own on a Unix socket, both on the disk that the product is measured on.
import glob
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time

from programs import Skipped, run

MISSING = "not installed: tools/setup --peers"


def writers(ground, events, group):
    """Peers of an append."""
    return {
        "SQLite": lambda: ground.on_fresh(
            sqlite(ground), "append", "DIR", events, group, ground.seed),
        "PostgreSQL": lambda: run(
            postgres(ground), "append", ground.cluster().info, events, group, ground.seed)[-1],
    }


def rebuilders(ground, events):
    """Peers of a replay: filled once a run, then rebuilt as often as asked."""
    return {
        "SQLite": lambda: run(
            sqlite(ground), "rebuild", ground.once(("sqlite", events), lambda folder: run(
                sqlite(ground), "append", folder, str(events), "10000", ground.seed))[0])[-1],
        "PostgreSQL": lambda: rebuild(ground, events),
    }


def rebuild(ground, events):
    info = ground.cluster().info
    ground.once(("postgres", events), lambda _: run(
        postgres(ground), "append", info, str(events), "10000", ground.seed))
    figures = run(postgres(ground), "rebuild", info)[-1]
    if figures["events"] < events:
        raise RuntimeError("PostgreSQL holds another workload")
    return figures


def sqlite(ground):
    return program(ground, "peer_sqlite")


def postgres(ground):
    return program(ground, "peer_postgres")


def program(ground, name):
    path = os.path.join(ground.peers, name)
    if not os.path.exists(path):
        raise Skipped(MISSING)
    return path


class Cluster:
    """A PostgreSQL that only we can reach, with its usual settings. It refuses to be root: its
    server then belongs to the package's own user, or to nobody."""

    def __init__(self, folder):
        programs = installed()
        self.user = unprivileged() if os.geteuid() == 0 else None
        self.data, self.socket = os.path.join(folder, "data"), tempfile.mkdtemp()
        os.mkdir(self.data, 0o700)
        if self.user:
            # Only the way to the data is opened, and only while this runs.
            for path in (os.path.dirname(folder), folder):
                os.chmod(path, 0o711)
            for path in (self.data, self.socket):
                shutil.chown(path, self.user)
            if subprocess.run(["test", "-w", self.data], user=self.user, cwd="/").returncode:
                raise Skipped(f"{self.user} cannot reach this checkout")
        self.act(f"{programs}/initdb", "-D", self.data, "-U", "bench", "-A", "trust", "-E", "UTF8",
                 "--no-locale", "--no-sync")
        self.process = subprocess.Popen(
            [f"{programs}/postgres", "-D", self.data, "-k", self.socket, "-c", "listen_addresses=",
             "-c", "max_wal_size=4GB", "-c", "shared_buffers=256MB"],
            user=self.user, cwd="/", stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.info = f"host={self.socket} user=bench dbname=postgres"
        self.wait(f"{programs}/pg_isready")

    def act(self, *command):
        done = subprocess.run(command, user=self.user, cwd="/", capture_output=True, text=True)
        if done.returncode:
            raise RuntimeError(f"{command[0]}: {done.stderr.strip()}")

    def wait(self, ready):
        for _ in range(600):
            if subprocess.run([ready, "-q", "-h", self.socket]).returncode == 0:
                return
            time.sleep(0.1)
        raise RuntimeError("PostgreSQL does not start")

    def close(self):
        self.process.send_signal(signal.SIGINT)  # its word for "end now, in order"
        try:
            self.process.wait(timeout=60)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        shutil.rmtree(self.socket, ignore_errors=True)


def installed():
    """Where its programs are: Debian keeps them off the path, by version."""
    folders = sorted(glob.glob("/usr/lib/postgresql/*/bin"), reverse=True)
    for folder in folders + [os.path.dirname(shutil.which("initdb") or "")]:
        if os.path.exists(f"{folder}/initdb") and os.path.exists(f"{folder}/postgres"):
            return folder
    raise Skipped(MISSING)


def unprivileged():
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name).pw_name
        except KeyError:
            continue
    raise Skipped("there is no user that it could run as")
