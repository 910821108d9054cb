"""What stands between kubectl and a container runtime: of Kubernetes' API as much as kubectl asks for
about one pod, and streams passed through to the address that the runtime gives, as a kubelet does it.

The bytes of a stream are not looked at: kubectl and the runtime speak with each other.
"""

import http.server
import json
import socket
import threading
import urllib.parse

RESOURCES = [
    {"name": name, "singularName": "", "namespaced": True, "kind": kind, "verbs": ["get", "create"]}
    for name, kind in [
        ("pods", "Pod"), ("pods/exec", "PodExecOptions"), ("pods/attach", "PodAttachOptions"),
        ("pods/portforward", "PodPortForwardOptions"),
    ]
]


class Kubelet:
    """An API server with one pod. `containers`: CRI's ids by name, and whether each takes input and has
    a terminal. `upgrades`: the protocols that clients have asked for, in their order."""

    def __init__(self, cri, runtime, pod, sandbox, containers):
        self.cri, self.runtime = cri, runtime
        self.pod, self.sandbox, self.containers = pod, sandbox, containers
        self.upgrades, self.urls = [], []
        kubelet = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self):
                kubelet.answer(self)

            do_POST = do_GET

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.address = f"http://127.0.0.1:{self.server.server_port}"

    def answer(self, request):
        path, _, query = request.path.partition("?")
        known = {
            "/api": {"kind": "APIVersions", "versions": ["v1"]},
            "/apis": {"kind": "APIGroupList", "apiVersion": "v1", "groups": []},
            "/api/v1": {"kind": "APIResourceList", "groupVersion": "v1", "resources": RESOURCES},
            f"/api/v1/namespaces/default/pods/{self.pod}": self.described(),
        }
        if path in known:
            return self.tell(request, 200, known[path])
        own = f"/api/v1/namespaces/default/pods/{self.pod}/"
        if not path.startswith(own):
            return self.tell(request, 404, {"kind": "Status", "status": "Failure", "code": 404})
        return self.stream(request, path.removeprefix(own), urllib.parse.parse_qs(query))

    def described(self):
        containers = [
            {"name": name, "image": "any", "stdin": stdin, "tty": tty}
            for name, (_, stdin, tty) in self.containers.items()
        ]
        running = [
            {"name": name, "ready": True, "state": {"running": {}}} for name in self.containers
        ]
        return {
            "kind": "Pod", "apiVersion": "v1",
            "metadata": {"name": self.pod, "namespace": "default", "uid": "u-1"},
            "spec": {"containers": containers},
            "status": {"phase": "Running", "containerStatuses": running},
        }

    @staticmethod
    def tell(request, code, answer):
        text = json.dumps(answer).encode()
        request.send_response(code)
        request.send_header("Content-Type", "application/json")
        request.send_header("Content-Length", str(len(text)))
        request.end_headers()
        request.wfile.write(text)

    def url(self, kind, query):
        """The runtime's address for a stream."""
        flag = lambda name: query.get(name) == ["true"]
        if kind == "portforward":
            ports = [int(port) for port in query.get("ports", [])]
            request = self.cri.PortForwardRequest(pod_sandbox_id=self.sandbox, port=ports)
            return self.runtime.PortForward(request).url
        container, _, tty = self.containers[query["container"][0]]
        streams = {name: flag(name) for name in ("stdin", "stdout", "stderr", "tty")}
        if kind == "exec":
            request = self.cri.ExecRequest(container_id=container, cmd=query["command"], **streams)
            return self.runtime.Exec(request).url
        assert kind == "attach" and streams["tty"] == tty, (kind, streams)
        request = self.cri.AttachRequest(container_id=container, **streams)
        return self.runtime.Attach(request).url

    def stream(self, request, kind, query):
        url = urllib.parse.urlsplit(self.url(kind, query))
        assert url.hostname == "127.0.0.1", url
        self.urls.append(url)
        self.upgrades.append(request.headers.get("Upgrade", "none").lower())
        runtime = socket.create_connection((url.hostname, url.port))
        head = [f"{request.command} {url.path} HTTP/1.1"]
        head += [f"{name}: {value}" for name, value in request.headers.items()]
        runtime.sendall("\r\n".join([*head, "", ""]).encode())
        request.close_connection = True

        def back():
            while data := runtime.recv(1 << 16):
                request.connection.sendall(data)
            request.connection.shutdown(socket.SHUT_WR)

        def guarded():
            try:
                back()
            except OSError:
                pass

        returning = threading.Thread(target=guarded, daemon=True)
        returning.start()
        try:
            while data := request.rfile.read1(1 << 16):
                runtime.sendall(data)
            runtime.shutdown(socket.SHUT_WR)
        except OSError:
            pass
        returning.join()
        runtime.close()
