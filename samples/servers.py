#!/usr/bin/env python3
"""Small servers for the recordings (used by record.sh); each serves until it is stopped.

  servers.py https CHAIN KEY [1.2]   HTTPS, threads; /slow sends 1,500 bytes every 100 ms, 20 times; ALPN http/1.1
  servers.py smtp CHAIN KEY          SMTP on port 25 that upgrades with STARTTLS
  servers.py reset                   port 443: reads the first bytes, then resets the connection
"""
import http.server
import socket
import socketserver
import ssl
import struct
import sys
import time

TEXT = b"The quick brown fox jumps over the lazy dog.\n"


def context(chain, key):
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(chain, key)
    return tls


class Page(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.send_header("Content-Type", "text/plain")
        self.end_headers()
        if self.path == "/slow":
            for _ in range(20):
                self.wfile.write((TEXT * 34)[:1500])
                time.sleep(0.1)
        else:
            self.wfile.write(TEXT * 40)

    def log_message(self, *_):
        pass


class Https(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True
    tls = None

    def finish_request(self, request, client_address):
        with self.tls.wrap_socket(request, server_side=True) as secure:
            Page(secure, client_address, self)
            try:
                secure.unwrap()  # close_notify both ways
            except (OSError, ssl.SSLError):
                pass


def https(chain, key, version=None):
    Https.tls = context(chain, key)
    Https.tls.set_alpn_protocols(["http/1.1"])
    if version == "1.2":
        Https.tls.maximum_version = ssl.TLSVersion.TLSv1_2
    Https(("10.1.0.2", 443), None).serve_forever()


def smtp(chain, key):
    tls = context(chain, key)
    listener = socket.create_server(("10.1.0.2", 25))
    while True:
        conn, _ = listener.accept()
        conn.sendall(b"220 mail.example.com ESMTP\r\n")
        lines = conn.makefile("rb")
        secure = False
        while line := lines.readline():
            word = line.split()[0].upper() if line.split() else b""
            if word == b"EHLO" and not secure:
                conn.sendall(b"250-mail.example.com\r\n250-SIZE 1000000\r\n250 STARTTLS\r\n")
            elif word == b"EHLO":
                conn.sendall(b"250-mail.example.com\r\n250 SIZE 1000000\r\n")
            elif word == b"STARTTLS":
                conn.sendall(b"220 ready to start TLS\r\n")
                lines.close()
                conn = tls.wrap_socket(conn, server_side=True)
                lines = conn.makefile("rb")
                secure = True
            elif word == b"QUIT":
                conn.sendall(b"221 bye\r\n")
                break
            else:
                conn.sendall(b"250 ok\r\n")
        if secure:
            try:
                conn = conn.unwrap()
            except (OSError, ssl.SSLError):
                pass
        lines.close()
        conn.close()


def reset():
    listener = socket.create_server(("10.1.0.2", 443))
    while True:
        conn, _ = listener.accept()
        conn.recv(65536)
        # linger on with a time of 0: close() sends RST in place of FIN
        conn.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        conn.close()


if __name__ == "__main__":
    actions = {"https": https, "smtp": smtp, "reset": reset}
    if len(sys.argv) < 2 or sys.argv[1] not in actions:
        sys.exit(__doc__)
    actions[sys.argv[1]](*sys.argv[2:])
