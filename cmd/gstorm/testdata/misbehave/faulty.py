"""A bolt that passes numbers on, and does once, or at every start, what FAULT says."""
import ctypes
import os
import signal
import subprocess
import sys
import time

import wire

AFTER = 10  # tuples of the first life that go well


def emit(message):
    wire.say(command="emit", anchors=[message["id"]], tuple=message["tuple"], need_task_ids=False)


def ack(message):
    wire.say(command="ack", id=message["id"])


def work(message):
    emit(message)
    ack(message)


# What goes wrong with one tuple. It is handled as usual afterwards, if the process is still there.


def prints(message):
    wire.write("a line between two messages\n")
    wire.write("in front of a message ")
    wire.say(command="log", msg="a log message", level=2)
    wire.write('{"command":"log","msg":"another"}\nbetween a message and its end\nend\n')


def garbles_an_ack(message):
    emit(message)
    wire.write('{"command":"ack", progress 50%% "id":"%s"}\nend\n' % message["id"])
    return True


def writes_10_mb_to_stderr(message):
    for _ in range(100_000):
        sys.stderr.write("y" * 99 + "\n")


def exits_0(message):
    sys.exit(0)


def exits_1(message):
    raise RuntimeError("on purpose")  # its backtrace goes to stderr


def crashes(message):
    ctypes.string_at(0)


def is_killed(message):
    os.kill(os.getpid(), signal.SIGKILL)


def eats_memory(message):
    with open("/proc/self/oom_score_adj", "w") as f:
        f.write("1000")  # of all processes that share the limit, this one
    hoard = []
    for _ in range(100):  # or the machine itself, if there is no limit
        hoard.append(b"x" * (8 << 20))


def dies_in_a_frame(message):
    wire.write('{"command":"ack","id":"%s' % message["id"])
    os._exit(1)


def sleeps(message):
    time.sleep(600)


def computes(message):
    while True:
        pass


def stops_reading(message):
    """Talks on for longer than the limit of silence, then reads again."""
    limit = time.monotonic() + 2 * float(os.environ["SILENCE"]) + 1
    while time.monotonic() < limit:
        wire.say(command="log", msg="still busy", level=1)
        time.sleep(0.1)


def leaves_a_process(message):
    subprocess.Popen(["sleep", "600"])  # with the same stdin, stdout and stderr
    sys.exit(1)


def daemonizes(message):
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            os.execvp("sleep", ["sleep", "600"])
        os._exit(0)
    os.wait()
    wire.note("daemon", os.getpid())


def daemonizes_and_exits(message):
    daemonizes(message)
    sys.exit(1)


def takes_its_time(message):
    time.sleep(0.1)


def acks_twice(message):
    work(message)
    ack(message)
    return True


def acks_unknown_ids(message):
    for n in ("123456789", "no number", "-1"):
        wire.say(command="ack", id=n)
        wire.say(command="fail", id=n)


def anchors_to_finished(message):
    work(message)
    emit(message)
    return True


def floods_with_logs(message):
    for n in range(20_000):
        wire.say(command="log", msg="line %d of a flood" % n, level=2)


def emits_without_end(message):
    pad = "x" * 1000
    for _ in range(60_000):
        wire.say(command="emit", tuple=[-1, pad], need_task_ids=False)
    wire.note("backlog", len(wire.noted("emitted")))


def sends_200_mb(message):
    wire.write('{"command":"emit","tuple":[1,"')
    for _ in range(200):
        wire.write("x" * (1 << 20))
    wire.write('"]}\nend\n')


# What goes wrong at the start.


def prints_early():
    wire.write("a line before the handshake\n")


def writes_1_mb_to_stderr():
    for _ in range(10_000):
        sys.stderr.write("x" * 99 + "\n")


def ignores_its_end():
    """Neither the end of its input nor SIGTERM ends this process."""
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    sys.exit = lambda code=0: time.sleep(600)


def never_says_its_pid():
    print("waiting for a connection", file=sys.stderr)
    time.sleep(600)


def starts_slowly():
    time.sleep(2)


ONCE = {
    "prints": prints, "garbles an ack": garbles_an_ack, "writes to stderr": writes_10_mb_to_stderr,
    "exits 0": exits_0, "exits 1": exits_1, "crashes": crashes, "is killed": is_killed, "eats memory": eats_memory,
    "dies in a frame": dies_in_a_frame, "sleeps": sleeps, "sleeps with a full pipe": sleeps, "computes": computes,
    "stops reading": stops_reading, "leaves a process": leaves_a_process, "daemonizes": daemonizes,
    "daemonizes and exits": daemonizes_and_exits, "acks unknown ids": acks_unknown_ids,
    "floods with logs": floods_with_logs, "emits without end": emits_without_end, "sends 200 MB": sends_200_mb,
    "never says its pid once": exits_1, "starts slowly": exits_1,
}
ALWAYS = {"answers no heartbeats": takes_its_time, "acks twice": acks_twice,
          "anchors to finished ids": anchors_to_finished}
AT_START = {"prints": prints_early, "writes to stderr": writes_1_mb_to_stderr, "ignores its end": ignores_its_end,
            "never says its pid": never_says_its_pid}
AT_SECOND_START = {"never says its pid once": never_says_its_pid, "starts slowly": starts_slowly}


def main():
    if os.path.exists(wire.path("fault")) and wire.once("second"):  # it has happened, this is the life after it
        wire.others_go_on()
        AT_SECOND_START.get(wire.FAULT, lambda: None)()
    AT_START.get(wire.FAULT, lambda: None)()
    wire.greet("faulty")
    seen = 0
    while True:
        message = wire.read()
        if message["stream"] == "__heartbeat":
            if wire.FAULT != "answers no heartbeats":
                wire.say(command="sync")
            continue
        seen += 1
        handled = False
        if wire.FAULT in ALWAYS:
            handled = ALWAYS[wire.FAULT](message)
        elif seen > AFTER and wire.FAULT in ONCE and wire.once("fault"):
            handled = ONCE[wire.FAULT](message)
            wire.others_go_on()
        if not handled:
            work(message)


main()
