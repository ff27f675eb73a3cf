"""Storm's multilang protocol in a few lines, without any library, for components that may then break it.

The test says by the environment variable FAULT what is to go wrong, and by DIR where components leave their traces.
"""
import json
import os
import sys
import time

DIR, FAULT = os.environ["DIR"], os.environ["FAULT"]


def read():
    """The next message of the host. The end of the input ends the process."""
    text = b""
    while True:
        line = sys.stdin.buffer.readline()
        if not line:
            sys.exit(0)
        if line == b"end\n":
            return json.loads(text)
        text += line


def write(text):
    sys.stdout.write(text)
    sys.stdout.flush()


def say(**message):
    write(json.dumps(message) + "\nend\n")


def greet(component):
    """The handshake. Every process of a component leaves its id in a file."""
    read()
    note("pids." + component, os.getpid())
    say(pid=os.getpid())


def path(name):
    return os.path.join(DIR, name)


def note(name, value):
    with open(path(name), "a") as f:
        f.write("%s\n" % value)


def noted(name):
    try:
        with open(path(name)) as f:
            return [int(line) for line in f if line.endswith("\n")]
    except FileNotFoundError:
        return []


def once(name):
    """True the first time in a run that any process asks."""
    try:
        os.close(os.open(path(name), os.O_CREAT | os.O_EXCL))
        return True
    except FileExistsError:
        return False


def others_go_on():
    """Waits until the component bystander has handled some more tuples: what goes wrong here must not keep it."""
    enough = len(noted("bystander")) + 20
    while len(noted("bystander")) < enough:
        time.sleep(0.005)
