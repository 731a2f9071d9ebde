"""The proof that a spreadsheet shows a hostile result as text. By hand: LibreOffice takes a minute to install.

    apt-get install --no-install-recommends libreoffice-calc; pip install openpyxl
    spreadsheet.py TLSCENSUS [FOLDER]

Makes captures whose server names, application protocols, certificates and file names are what spreadsheets and readers choke
on, reads them with the program, lets LibreOffice turn every CSV file into a workbook, twice: as it comes, and with its import
option for quoted text. Then no cell may be a formula; and with the option every value must be that of the CSV.
The result is left in FOLDER, for other readers.
"""
import csv, os, struct, subprocess, sys, tempfile

import openpyxl

TEXTS = [
    b"=1+1", b"+cmd|' /C calc'!A0", b"-2+3", b"@SUM(A1:A2)", b"\t=1+1", b"\r\n=1+1", b"\0=1", b" =1+1", b"'=1+1", b"''+1",
    b'"quoted",and,commas', b"',\"", b"two\r\nlines", b"\xef\xbb\xbf=1", "\u202e=1".encode(), "evil\u202egpj".encode(), "\uff1d1+1".encode(),
    "\uff0b1".encode(), "\uff0d1".encode(), "\uff20x".encode(), b"\xff\xfe", b"1301", b"0x1301", b"1e5", b"00123", b"2024-05-01", b"true", b"TRUE",
    b"1/2", b";=1", b"%0A=1", b'=HYPERLINK("http://x.example","x")', b"#REF!", b"<b>x</b>", b"=" * 60_000, b"\xff" * 20_000, b"x" * 40_000,
]


def vector(size, data):
    return len(data).to_bytes(size, "big") + data


def der(tag, *parts):
    body = b"".join(parts)
    length = bytes([len(body)]) if len(body) < 128 else bytes([0x80 | 2]) + len(body).to_bytes(2, "big")
    return bytes([tag]) + length + body


def certificate(name):
    oid = lambda *numbers: der(6, bytes(numbers))
    rdn = lambda text: der(0x30, der(0x31, der(0x30, oid(0x55, 4, 3), der(12, text))))
    rsa = der(0x30, oid(0x2A, 0x86, 0x48, 0x86, 0xF7, 13, 1, 1, 11), der(5))
    key = der(0x30, der(0x30, oid(0x2A, 0x86, 0x48, 0x86, 0xF7, 13, 1, 1, 1), der(5)), der(3, b"\0", der(0x30, der(2, b"\0\x81" + b"\1" * 127), der(2, b"\1\0\1"))))
    names = der(0x30, oid(0x55, 0x1D, 17), der(4, der(0x30, der(0x82, name), der(0x81, name))))
    validity = der(0x30, der(0x17, b"240101000000Z"), der(0x17, b"340101000000Z"))
    body = der(0x30, der(0xA0, der(2, b"\2")), der(2, b"\x12\xe5"), rsa, rdn(name), validity, rdn(name), key, der(0xA3, der(0x30, names)))
    return der(0x30, body, rsa, der(3, b"\0" + b"\1" * 128))


def records(kind, data):
    return b"".join(bytes([kind, 3, 3]) + vector(2, data[at : at + 16_000]) for at in range(0, len(data), 16_000))


def client_hello(name, protocols):
    extensions = struct.pack(">H", 0) + vector(2, vector(2, b"\0" + vector(2, name)))
    if protocols:
        extensions += struct.pack(">H", 16) + vector(2, vector(2, b"".join(vector(1, one) for one in protocols)))
    body = b"\3\3" + bytes(32) + b"\0" + vector(2, b"\x00\x9c\xc0\x2f") + b"\1\0" + vector(2, extensions[: (1 << 16) - 1])
    return b"\1" + vector(3, body)


def server_flight(name):
    extensions = struct.pack(">H", 16) + vector(2, vector(2, vector(1, name[:200])))
    hello = b"\2" + vector(3, b"\3\3" + bytes(32) + b"\0" + b"\x00\x9c\0" + vector(2, extensions))
    return hello + b"\x0b" + vector(3, vector(3, vector(3, certificate(name[:300])))) + b"\x0e\0\0\0"


def capture(path, flows):
    packets = []

    def packet(client, port, seq, ack, flags, data=b""):
        ends = (b"\xc0\0\2\1", b"\xc6\x33\x64\1")
        ports = (port, 443)
        tcp = struct.pack(">HHIIBBHHH", ports[not client], ports[client], seq, ack, 0x50, flags, 65535, 0, 0) + data
        ip = struct.pack(">BBHHHBBH", 0x45, 0, 20 + len(tcp), len(packets) & 0xFFFF, 0, 64, 6, 0) + ends[not client] + ends[client]
        packets.append(bytes(12) + b"\x08\0" + ip + tcp)

    for port, (hello, flight) in enumerate(flows, 1024):
        packet(True, port, 0, 0, 2)
        packet(False, port, 0, 1, 0x12)
        for client, data in ((True, records(22, hello)), (False, records(22, flight))):
            for at in range(0, len(data), 1400):
                packet(client, port, 1 + at, 1 if client else 1 + len(records(22, hello)), 0x18, data[at : at + 1400])
    with open(path, "wb") as file:
        file.write(struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 1 << 18, 1))
        for number, data in enumerate(packets):
            file.write(struct.pack("<IIII", 1_700_000_000 + number // 1000, number % 1000 * 1000, len(data), len(data)) + data)


def workbook(path, option):
    out = tempfile.mkdtemp()
    convert = ["soffice", "--headless", f"-env:UserInstallation=file://{tempfile.gettempdir()}/soffice-profile", "--convert-to", "xlsx", "--outdir", out]
    subprocess.run(convert + option + [path], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return openpyxl.load_workbook(os.path.join(out, os.path.basename(path).replace(".csv", ".xlsx"))).active


def same(cell, text, kind):
    value = cell.value
    if text == "":
        return value is None
    if kind in ("integer", "number"):
        return isinstance(value, (int, float)) and abs(float(value) - float(text)) <= 1e-9 * max(1, abs(float(text)))
    if kind == "boolean":
        return value is (text == "true") or str(value).lower() == text
    if kind == "datetime":
        # Bare in the CSV; a spreadsheet may keep it as text or make it a time.
        return str(value)[:10] == text[:10]
    # XLSX writes an underscore and hex for what XML cannot hold; openpyxl leaves that in place.
    return str(value).replace("_x005F_", "_") == text and cell.data_type == "s"


program, folder = os.path.abspath(sys.argv[1]), (sys.argv[2:] or [tempfile.mkdtemp()])[0]
os.makedirs(f"{folder}/in", exist_ok=True)
flows = [(client_hello(text, [text[:200]]), server_flight(text)) for text in TEXTS]
flows.append((client_hello(b"many", [bytes([at]) * 250 for at in range(240)]), server_flight(b"=many")))
capture(f"{folder}/in/a.pcap", flows)
for number, text in enumerate(TEXTS):
    name = text[:60].replace(b"/", b"_").replace(b"\0", b"0")
    capture(os.fsencode(folder) + b"/in/" + name + b".pcap", [(client_hello(b"x%d" % number, []), server_flight(text))])
run = subprocess.run([program, "scan", "in", "-o", "out", "-f", "--series", "none", "--format", "csv,html,json,parquet", "--csv-profile", "spreadsheet"], cwd=folder)
assert run.returncode in (0, 3), run.returncode

import json

csv.field_size_limit(1 << 30)
package = json.load(open(f"{folder}/out/datapackage.json"))
cells = hostile = altered = 0
for resource in package["resources"]:
    path = os.path.join(folder, "out", resource["path"])
    kinds = [field["type"] for field in resource["schema"]["fields"]]
    rows = list(csv.reader(open(path, newline="", encoding="utf-8-sig")))
    for option in [], ["--infilter=CSV:44,34,76,1,,0,true"]:
        sheet = workbook(path, option)
        assert sheet.max_row == len(rows), (path, sheet.max_row, len(rows))
        for at, row in enumerate(rows, 1):
            for column, text in enumerate(row, 1):
                cell = sheet.cell(at, column)
                assert cell.data_type != "f", (path, cell.coordinate, cell.value)
                assert len(text) <= 32_767, (path, cell.coordinate, len(text))
                good = at == 1 or same(cell, text, kinds[column - 1])
                altered += not good and not option
                assert good or not option, (path, cell.coordinate, text[:80], str(cell.value)[:80], cell.data_type)
                cells += bool(option)
                hostile += bool(option) and text.startswith("'")
print(f"{len(package['resources'])} tables, {cells} cells, {hostile} of them guarded: no formula; with quoted fields as text every value is intact; without that option {altered} are shown otherwise")
