#!/usr/bin/env python3
"""A server and a client of QUIC (used by record.sh; needs the package python3-aioquic or aioquic from PyPI).

quic.py server ADDRESS PORT CERTIFICATE KEY [retry]   answers each stream with 6,000 bytes
quic.py client ADDRESS PORT NAME ROOT [version2]      opens a stream, prints what comes, closes
"""
import asyncio
import sys

from aioquic.asyncio import connect, serve
from aioquic.quic.configuration import QuicConfiguration
from aioquic.quic.packet import QuicProtocolVersion

ALPN = ["hq-interop"]
VERSION_1, VERSION_2 = QuicProtocolVersion.VERSION_1, QuicProtocolVersion.VERSION_2


async def answer(reader, writer):
    await reader.read()
    writer.write((b"The quick brown fox jumps over the lazy dog.\n" * 134)[:6000])
    writer.write_eof()


async def server(address, port, certificate, key, retry=""):
    configuration = QuicConfiguration(alpn_protocols=ALPN, is_client=False, supported_versions=[VERSION_1])
    configuration.load_cert_chain(certificate, key)
    await serve(address, int(port), configuration=configuration, retry=retry == "retry",
                stream_handler=lambda reader, writer: asyncio.ensure_future(answer(reader, writer)))
    await asyncio.Event().wait()


async def client(address, port, name, root, version=""):
    configuration = QuicConfiguration(alpn_protocols=ALPN, server_name=name, supported_versions=[VERSION_1])
    if version == "version2":
        configuration.supported_versions = [VERSION_2, VERSION_1]
        configuration.original_version = VERSION_2
    configuration.load_verify_locations(root)
    async with connect(address, int(port), configuration=configuration) as connection:
        reader, writer = await connection.create_stream()
        writer.write(b"GET /\r\n")
        writer.write_eof()
        print((await reader.read()).decode())


asyncio.run({"server": server, "client": client}[sys.argv[1]](*sys.argv[2:]))
