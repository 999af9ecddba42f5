"""Real servers on loopback, for the checks that hold mailcheck to them: certificates of an authority of
its own, NSD and Unbound over a signed zone, Postfix with Dovecot, nginx. All of them end with the lab."""

import atexit
import hashlib
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from datetime import datetime, timedelta, timezone
from pathlib import Path

os.environ["PATH"] += ":/usr/sbin:/usr/lib/postfix/sbin"
# How long a server may take until it listens, in seconds.
PATIENCE = 20
ZONE = "lab.example"


class Lab:
    """A folder, and the servers that run in it."""

    def __init__(self):
        self.work = Path(tempfile.mkdtemp(prefix="mailcheck-lab-"))
        # Servers that give up their rights have to read what is in it.
        self.work.chmod(0o755)
        self.processes = []
        self.endings = []
        atexit.register(self.end)
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))

    def end(self):
        for ending in reversed(self.endings):
            subprocess.run(ending, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        for process in reversed(self.processes):
            process.terminate()
            try:
                process.wait(5)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        shutil.rmtree(self.work, ignore_errors=True)

    def write(self, name, text):
        path = self.work / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        return path

    def run(self, *command, **options):
        done = subprocess.run([str(it) for it in command], capture_output=True, text=True, **options)
        if done.returncode:
            sys.exit(f"{command[0]} ended with {done.returncode}: {done.stdout}{done.stderr}")
        return done.stdout

    def serve(self, *command, at, **options):
        """Runs a server in the foreground, and waits until it listens."""
        log = (self.work / f"{Path(command[0]).name}-{len(self.processes)}.log").open("w")
        process = subprocess.Popen([str(it) for it in command], stdout=log, stderr=log, **options)
        self.processes.append(process)
        wait_for(at, lambda: process.poll() is None, log.name)
        return process


def wait_for(at, is_running, log):
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        try:
            socket.create_connection(at, 1).close()
            return
        except OSError:
            if not is_running():
                break
            time.sleep(0.02)
    sys.exit(f"nobody listens at {at[0]}:{at[1]}: {Path(log).read_text()[-2000:] if log else ''}")


def port(address="127.0.0.1"):
    """A free port, for TCP and for UDP."""
    while True:
        with socket.socket() as tcp, socket.socket(type=socket.SOCK_DGRAM) as udp:
            tcp.bind((address, 0))
            try:
                udp.bind(tcp.getsockname())
                return tcp.getsockname()[1]
            except OSError:
                continue


def missing(*programs):
    """What is not installed, of Debian's packages."""
    return sorted({package for program, package in programs if not shutil.which(program)})


class Authority:
    """A root, an intermediate, and what they issue."""

    CONFIG = """
[ca]
default_ca = own
[own]
database = {0}/index
serial = {0}/serial
new_certs_dir = {0}
default_md = sha256
policy = any
unique_subject = no
[any]
commonName = supplied
"""

    def __init__(self, lab):
        self.lab, self.folder = lab, lab.work / "ca"
        self.folder.mkdir()
        (self.folder / "index").write_text("")
        (self.folder / "serial").write_text("01\n")
        (self.folder / "ca.conf").write_text(self.CONFIG.format(self.folder))
        self.root = self.issue("root", None, "basicConstraints=critical,CA:TRUE", days=(-800, 800))
        self.intermediate = self.issue("intermediate", "root", "basicConstraints=critical,CA:TRUE,pathlen:0", days=(-400, 400))

    def issue(self, name, issuer, extensions, days=(-1, 365)):
        """A certificate and its key; signed by itself without an issuer."""
        here = self.folder
        self.lab.run("openssl", "ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", here / f"{name}.key")
        (here / f"{name}.key").chmod(0o644)
        (here / f"{name}.ext").write_text(extensions.replace(";", "\n") + "\n")
        self.lab.run(
            "openssl", "req", "-new", "-key", here / f"{name}.key", "-subj", f"/CN={name}", "-out", here / f"{name}.csr"
        )
        begin, end = (
            (datetime.now(timezone.utc) + timedelta(days=it)).strftime("%Y%m%d%H%M%SZ") for it in days
        )
        by = ["-selfsign", "-keyfile", here / f"{name}.key"]
        if issuer:
            by = ["-cert", here / f"{issuer}.pem", "-keyfile", here / f"{issuer}.key"]
        self.lab.run(
            "openssl", "ca", "-batch", "-notext", "-config", here / "ca.conf", "-startdate", begin, "-enddate", end,
            "-extfile", here / f"{name}.ext", "-in", here / f"{name}.csr", "-out", here / f"{name}.pem", *by,
        )
        return here / f"{name}.pem"

    def leaf(self, name, hosts, sent=("intermediate",), issuer="intermediate", **options):
        """What a server sends: its certificate and those beside it, in one file with the key."""
        names = ",".join(f"DNS:{host}" for host in hosts)
        self.issue(name, issuer, f"subjectAltName={names};extendedKeyUsage=serverAuth", **options)
        chain = [(self.folder / f"{it}.pem").read_text() for it in (name, *sent)]
        (self.folder / f"{name}.chain").write_text("".join(chain))
        return name

    def chain(self, name):
        return self.folder / f"{name}.chain"

    def key(self, name):
        return self.folder / f"{name}.key"

    def association(self, name, selector, matching):
        """The data of a TLSA record about a certificate."""
        if selector == 0:
            command = ["openssl", "x509", "-in", self.folder / f"{name}.pem", "-outform", "DER"]
            octets = subprocess.run(command, capture_output=True, check=True).stdout
        else:
            command = ["openssl", "pkey", "-in", self.folder / f"{name}.key", "-pubout", "-outform", "DER"]
            octets = subprocess.run(command, capture_output=True, check=True).stdout
        digest = {0: lambda it: it.hex(), 1: lambda it: hashlib.sha256(it).hexdigest()}
        return digest.get(matching, lambda it: hashlib.sha512(it).hexdigest())(octets)


class Names:
    """A signed zone at NSD, and Unbound over it, which validates by the key of the zone."""

    def __init__(self, lab, records, tls=None, also=None):
        """`tls` is a chain and a key, for DNS over TLS and HTTPS; `also` a second place that answers."""
        self.port, authority = port(), port()
        folder = lab.work / "dns"
        folder.mkdir()
        head = f"$ORIGIN {ZONE}.\n$TTL 300\n@ SOA ns hostmaster 1 7200 3600 1209600 300\n@ NS ns\nns A 127.0.0.1\n"
        source = lab.write("dns/source", head + records)
        lab.run("dnssec-keygen", "-q", "-a", "ECDSAP256SHA256", "-f", "KSK", "-K", folder, f"{ZONE}.")
        lab.run("dnssec-signzone", "-q", "-S", "-K", folder, "-z", "-o", ZONE, "-f", folder / "signed", source, cwd=folder)
        (key,) = folder.glob(f"K{ZONE}.*.key")
        anchor = "".join(line + "\n" for line in key.read_text().splitlines() if not line.startswith(";"))
        lab.write("dns/anchor", anchor)
        nsd = lab.write(
            "dns/nsd.conf",
            f"""
server:
    ip-address: 127.0.0.1@{authority}
    username: ""
    zonesdir: "{folder}"
    database: ""
    pidfile: "{folder}/nsd.pid"
    xfrdfile: "{folder}/xfrd"
    zonelistfile: "{folder}/zonelist"
    rrl-ratelimit: 0
remote-control:
    control-enable: no
zone:
    name: "{ZONE}"
    zonefile: "signed"
""",
        )
        lab.serve("nsd", "-d", "-c", nsd, at=("127.0.0.1", authority))
        encrypted = ""
        if tls:
            chain, key = tls
            self.tls_port, self.https_port = port(), port()
            encrypted = f"""
    interface: 127.0.0.1@{self.tls_port}
    interface: 127.0.0.1@{self.https_port}
    tls-port: {self.tls_port}
    https-port: {self.https_port}
    tls-service-pem: "{chain}"
    tls-service-key: "{key}"
"""
        second = f"    interface: {also[0]}@{also[1]}\n" if also else ""
        unbound = lab.write(
            "dns/unbound.conf",
            f"""
server:
    chroot: ""
    username: ""
    directory: "{folder}"
    pidfile: "{folder}/unbound.pid"
    use-syslog: no
    do-daemonize: no
    interface: 127.0.0.1@{self.port}
{second}{encrypted}
    access-control: 127.0.0.0/8 allow
    do-not-query-localhost: no
    do-ip6: no
    module-config: "validator iterator"
    trust-anchor-file: "{folder}/anchor"
    local-zone: "127.in-addr.arpa." nodefault
    local-data: ". 300 IN SOA a.root. h.root. 1 1 1 1 1"
    local-data: ". 300 IN NS a.root."
remote-control:
    control-enable: no
stub-zone:
    name: "{ZONE}"
    stub-addr: 127.0.0.1@{authority}
    stub-prime: no
""",
        )
        lab.serve("unbound", "-d", "-c", unbound, at=("127.0.0.1", self.port))


class Tally:
    """What was expected and what came, a line each."""

    def __init__(self):
        self.checked, self.faults = 0, 0

    def same(self, what, seen, wanted):
        self.checked += 1
        if seen != wanted:
            self.faults += 1
            print(f"FAULT {what}:\n  seen   {seen}\n  wanted {wanted}", file=sys.stderr)

    def end(self, name):
        print(f"{name}: {self.checked} outcomes checked, {self.faults} faults")
        sys.exit(1 if self.faults else 0)


def ask(binary, *words, environment=None):
    """What mailcheck answers: its exit code, and its document."""
    command = [str(binary), *[str(it) for it in words], "-f", "json"]
    clean = {key: value for key, value in os.environ.items() if not key.startswith("MAILCHECK_")}
    done = subprocess.run(
        command, capture_output=True, text=True, timeout=60, stdin=subprocess.DEVNULL, env=clean | (environment or {})
    )
    try:
        return done.returncode, json.loads(done.stdout)
    except ValueError:
        sys.exit(f"{' '.join(command)} ended with {done.returncode}: {done.stdout}{done.stderr}")
