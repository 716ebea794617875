"""The stack's own long-running processes: started in the background, found again by pid file, stopped gracefully."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from dataclasses import dataclass, field, replace
from pathlib import Path

import chat
import place
import vendor
from place import Trouble


@dataclass(frozen=True)
class Process:
    """One background process. `mark` is a part of its command line, so that a recycled pid is never taken for it."""

    name: str
    command: list[str]
    port: int
    mark: str
    probe: str
    environment: dict[str, str] = field(default_factory=dict)
    timeout: float = 30.0

    @property
    def pid_file(self) -> Path:
        return place.RUN / f"{self.name}.pid"

    @property
    def log_file(self) -> Path:
        return place.LOGS / f"{self.name}.log"


def emulator() -> Process:
    environment = place.clean_environment(
        AUTH="true",
        BIND_HOST="127.0.0.1",
        GATEWAY_PORT=str(place.GATEWAY_PORT),
        AWS_ENDPOINT_URL=place.ENDPOINT,
        AWS_DEFAULT_REGION=place.REGION,
        IOT_MTLS_PORT="0",
        SFTP_ENABLED="0",
        PERSIST_STATE="1",
        S3_PERSIST="1",
        STATE_DIR=str(place.STATE / "services"),
        S3_DATA_DIR=str(place.STATE / "objects"),
        LOG_LEVEL="WARNING",
        **place.ROOT_KEY,
    )
    command = [str(place.VENV / "bin" / "ministack")]
    return Process(
        "emulator", command, place.GATEWAY_PORT, "ministack", f"{place.ENDPOINT}/_ministack/health", environment, 60.0
    )


def rewind_streams() -> None:
    """The emulator keeps how far a table's stream was read, but not the stream, which begins anew: from a position beyond
    its end nothing would ever be read. Called while it is down."""
    kept = place.STATE / "services" / "lambda.json"
    state = place.read_json(kept)
    positions = state.get("payload", {}).get("dynamodb_stream_positions", {}).get("data", {})
    if any(positions.values()):
        positions.update(dict.fromkeys(positions, 0))
        place.write_json(kept, state)


def _own(name: str, port: int, probe: str, **environment: str) -> Process:
    script = Path(__file__).with_name(f"{name}.py")
    command = [str(place.VENV / "bin" / "python"), str(script)]
    shared = place.clean_environment(
        LOCAL_DIR=str(place.LOCAL),
        GATEWAY_PORT=str(place.GATEWAY_PORT),
        API_PORT=str(place.API_PORT),
        ISSUER_PORT=str(place.ISSUER_PORT),
        CONSOLE_PORT=str(place.CONSOLE_PORT),
        PYTHONUNBUFFERED="1",
        **environment,
    )
    return Process(name, command, port, str(script), probe, shared)


def issuer() -> Process:
    if place.PROVIDER:
        return _vendor()
    ignore = os.environ.get("IGNORE_MAX_AGE", "")
    probe = f"{place.ISSUER}/.well-known/openid-configuration"
    return _own("issuer", place.ISSUER_PORT, probe, IGNORE_MAX_AGE=ignore)


def _vendor() -> Process:
    probe = f"{place.ISSUER.rstrip('/')}/.well-known/openid-configuration"
    settings = {"ISSUER_PORT": str(place.ISSUER_PORT), "API": place.API, "MODULES": str(vendor.MODULES)}
    command = vendor.command()
    return Process("issuer", command, place.ISSUER_PORT, command[1], probe, place.clean_environment(**settings), 60.0)


def make_room_for_the_provider() -> None:
    """Stops a provider that answers as another vendor."""
    wanted = issuer()
    if running_pid(wanted) and not running_pid(replace(wanted, mark=" ".join(wanted.command[1:]))):
        stop(wanted)


def console() -> Process:
    return _own("console", place.CONSOLE_PORT, f"{place.CONSOLE}/messages")


def proxy() -> Process:
    return _own("proxy", place.API_PORT, f"{place.API}/.proxy")


def slack() -> Process:
    script = chat.FOLDER / "slack" / "server.py"
    command = [str(chat.PYTHON), "-B", str(script), str(place.SLACK_PORT), f"{place.API}/callbacks/slack"]
    return Process("slack", command, place.SLACK_PORT, str(script), place.SLACK, place.clean_environment(PYTHONUNBUFFERED="1"))


def teams() -> Process:
    script = chat.FOLDER / "teams" / "double.mjs"
    bot = {"APP": chat.TEAMS_APP, "TENANT": chat.TEAMS_TENANT, "CERTIFICATE": str(chat.CERTIFICATE)}
    environment = place.clean_environment(PORT=str(place.TEAMS_PORT), **bot)
    # It makes three RSA keys first.
    return Process("teams", ["node", str(script)], place.TEAMS_PORT, str(script), place.TEAMS, environment, 90.0)


def people_reach() -> list[Process]:
    """What stands for other companies' services and for the browser's way to the API. They need the functions to be deployed."""
    doubles = [slack()] * chat.slack_runs() + [teams()] * chat.teams_runs()
    return [console(), issuer(), *doubles, proxy()]


def everything() -> list[Process]:
    """In the order in which they start; they stop in the opposite one."""
    return [emulator(), *people_reach()]


def left_over() -> list[Process]:
    """Doubles of this stack that it would not start now: node went away since, say."""
    expected = {process.name for process in everything()}
    return [process for process in (slack(), teams()) if process.name not in expected and running_pid(process)]


def running_pid(process: Process) -> int | None:
    """The pid, if the process of the pid file is alive and really ours."""
    try:
        pid = int(process.pid_file.read_text())
    except (FileNotFoundError, ValueError):
        return None
    shown = subprocess.run(["ps", "-o", "command=", "-p", str(pid)], capture_output=True, text=True, check=False)
    return pid if process.mark in shown.stdout else None


def port_taken(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) == 0


def answers(url: str, timeout: float = 2.0) -> bool:
    """Whether something answers there with anything below 500."""
    try:
        with urllib.request.urlopen(url, timeout=timeout) as answer:
            return answer.status < 500
    except urllib.error.HTTPError as error:
        return error.code < 500
    except OSError:
        return False


def start(process: Process) -> bool:
    """Starts it unless it runs; true if it was started. The caller waits with `wait_until_up`."""
    if running_pid(process):
        return False
    if port_taken(process.port):
        raise Trouble(
            f"port {process.port} is taken by another program, and {process.name} needs it: stop that program, or set "
            f"{'GATEWAY' if process.name == 'emulator' else 'API' if process.name == 'proxy' else process.name.upper()}"
            "_PORT to a free one"
        )
    with open(process.log_file, "ab") as log:
        child = subprocess.Popen(
            process.command,
            env=process.environment,
            cwd=place.LOCAL,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    process.pid_file.write_text(str(child.pid))
    return True


def wait_until_up(process: Process) -> None:
    deadline = time.monotonic() + process.timeout
    while not answers(process.probe):
        if running_pid(process) is None:
            raise Trouble(f"{process.name} stopped while starting; the last lines of {process.log_file}:\n{tail(process.log_file)}")
        if time.monotonic() > deadline:
            raise Trouble(f"{process.name} does not answer at {process.probe}; see {process.log_file}")
        time.sleep(0.1)


def stop(process: Process, timeout: float = 90.0) -> bool:
    """Asks it to stop and waits. Never kills: the emulator writes its state only when it stops by itself."""
    pid = running_pid(process)
    if pid is None:
        process.pid_file.unlink(missing_ok=True)
        return False
    os.kill(pid, signal.SIGTERM)
    deadline = time.monotonic() + timeout
    while running_pid(process):
        reap(pid)
        if time.monotonic() > deadline:
            raise Trouble(f"{process.name} (pid {pid}) has not stopped after {timeout:.0f} seconds; see {process.log_file}")
        time.sleep(0.05)
    process.pid_file.unlink(missing_ok=True)
    return True


def reap(pid: int) -> None:
    """Collects the process if it is our own child; a child that has ended keeps its pid until then."""
    try:
        os.waitpid(pid, os.WNOHANG)
    except ChildProcessError:
        pass


def tail(path: Path, lines: int = 15) -> str:
    return "\n".join(path.read_text(errors="replace").splitlines()[-lines:]) if path.exists() else ""
