"""The processes of a run: etcds and members, each known by its id, all of which end with this one."""

import ctypes
import json
import queue
import signal
import subprocess
import threading
import time

PAIRS = (1, 2, 3)
# prctl's name for: a signal when whoever started this is gone.
PR_SET_PDEATHSIG = 1
LIBC = ctypes.CDLL(None)


def _die_with_parent():
    LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


class Running:
    """One process, which can be held still, killed, and started again."""

    def __init__(self, name, command, folder):
        self.name, self.command, self.folder = name, command, folder
        self.process = None
        self.is_held = False
        self.answers = queue.Queue()

    @property
    def is_running(self):
        return self.process is not None and self.process.poll() is None

    def start(self):
        log = (self.folder / f"{self.name}.log").open("ab")
        with log:
            self.process = subprocess.Popen(
                self.command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log, text=True,
                preexec_fn=_die_with_parent)
        self.is_held = False
        self.answers = queue.Queue()
        threading.Thread(target=self._listen, args=(self.process.stdout, self.answers), daemon=True).start()

    @staticmethod
    def _listen(stream, answers):
        for line in stream:
            answers.put(line)

    def hold(self):
        if self.is_running:
            self.process.send_signal(signal.SIGSTOP)
            self.is_held = True

    def let_go(self):
        if self.is_running and self.is_held:
            self.process.send_signal(signal.SIGCONT)
        self.is_held = False

    def kill(self):
        if self.process is None:
            return
        self.process.kill()
        self.process.wait()
        for stream in (self.process.stdin, self.process.stdout):
            try:
                stream.close()
            except OSError:
                pass

    def tell(self, word):
        try:
            self.process.stdin.write(word + "\n")
            self.process.stdin.flush()
        except OSError:
            pass

    def ask(self, word, seconds=5):
        """What it answers to a word, None when it does not."""
        while not self.answers.empty():
            self.answers.get()
        self.tell(word)
        try:
            return json.loads(self.answers.get(timeout=seconds))
        except queue.Empty:
            return None

    def end(self, seconds=15):
        """Whether it ended by itself when its input did."""
        try:
            self.process.stdin.close()
            self.process.wait(seconds)
        except (OSError, subprocess.TimeoutExpired):
            return False
        return self.process.returncode == 0


class Cluster:
    """Three etcds with a member beside each, in a folder."""

    def __init__(self, folder, network, member, options):
        self.folder, self.network = folder, network
        certificates = folder / "certificates"
        certificates.mkdir()
        addresses = sorted({network.address(pair) for pair in PAIRS})
        subprocess.run([str(member), "certificates", str(certificates), *addresses], check=True)
        shown = [word for side in ("", "peer-") for word in (
            f"--{side}client-cert-auth", f"--{side}trusted-ca-file", str(certificates / "ca.pem"),
            f"--{side}cert-file", str(certificates / "etcd.pem"), f"--{side}key-file", str(certificates / "etcd-key.pem"))]
        clients = {pair: f"{network.address(pair)}:{network.port(pair, 'clients')}" for pair in PAIRS}
        peers = {pair: f"https://{network.address(pair)}:{network.port(pair, 'peers')}" for pair in PAIRS}
        beginning = ",".join(f"e{pair}={peers[pair]}" for pair in PAIRS)
        self.etcds, self.members = {}, {}
        for pair in PAIRS:
            own = folder / f"member-{pair}"
            own.mkdir()
            self.etcds[pair] = Running(f"etcd-{pair}", network.command(pair, "etcd", [
                "etcd", "--name", f"e{pair}", "--data-dir", str(folder / f"etcd-{pair}"),
                "--listen-client-urls", f"https://{clients[pair]}", "--advertise-client-urls", f"https://{clients[pair]}",
                "--listen-peer-urls", peers[pair], "--initial-advertise-peer-urls", peers[pair],
                "--initial-cluster", beginning, "--initial-cluster-state", "new", "--pre-vote", "--logger", "zap",
                "--experimental-watch-progress-notify-interval", "2s", *shown]), folder)
            # The own etcd first, as on a node.
            order = [pair, *(other for other in PAIRS if other != pair)]
            self.members[pair] = Running(f"member-{pair}", network.command(pair, "member", [
                str(member), "--node", str(10 + pair), "--members", ",".join(str(10 + each) for each in PAIRS),
                "--folder", str(own), "--certificates", str(certificates), "--etcd", ",".join(clients[each] for each in order),
                "--beside", ",".join(str(folder / f"member-{each}") for each in order[1:]), *options]), folder)

    @property
    def processes(self):
        return [*self.etcds.values(), *self.members.values()]

    def start(self):
        self.network.free()
        for process in self.processes:
            process.start()

    def close(self):
        for process in self.processes:
            process.kill()

    # What is known of all of them

    def status(self):
        return {pair: member.ask("status") for pair, member in self.members.items()}

    def calm(self, seconds):
        """Waits until nobody asks and all members have the same; what is in the way when they never do."""
        end = time.monotonic() + seconds
        for member in self.members.values():
            member.tell("quiet")
        former = None
        while time.monotonic() < end:
            status = self.status()
            known = list(status.values())
            is_calm = all(each and each["follows"] and not each["asks"] for each in known)
            chains = {(each or {}).get("chain") for each in known}
            # Twice the same, so that nothing was still on its way.
            if is_calm and len(chains) == 1 and chains == former:
                return None
            former = chains if is_calm and len(chains) == 1 else None
            time.sleep(1)
        return f"{seconds} s after the last fault: {json.dumps(status)}"
