"""Numbers of report.html against SQL over the tables: what the page says must be what the rows come to.

    page.py CENSUS DUCKDB

A line below is a section, the words around its numbers, and a query for each number. Words that are not there are a failure, so that a
number does not go unasked because a sentence was written anew.
"""
import html, json, os, re, subprocess, sys

census, duckdb = sys.argv[1:3]
page = open(os.path.join(census, "report.html"), encoding="utf-8").read()


def text_of(section):
    inner = re.search(rf'<section id="{section}".*?</section>', page, re.S)
    inner = inner.group() if inner else ""
    inner = re.sub(r"<(svg|script|style|title|desc)\b.*?</\1>", " ", inner, flags=re.S)
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", inner)))


FAILED = "outcome in ('alert', 'reset', 'closed', 'timeout')"
NOT_JUDGED = "outcome in ('gap', 'not_judged')"
OLD = "tls_version_code in (2, 768, 769, 770, 256, 65279)"
flows = lambda where="true": f"select count(*) from flows where {where}"
N = r"([\d,]+)"
CHECKS = [
    ("verdict", rf"Captures read to the end .*? {N} of {N} captures?", ["select count(*) from captures where status in ('ok', 'empty', 'duplicate')", "select count(*) from captures"]),
    ("verdict", rf"Flows {N} {N} TLS, {N} DTLS, {N} QUIC", [flows()] + [flows(f"protocol = '{name}'") for name in ("tls", "dtls", "quic")]),
    ("verdict", rf"Findings to act on {N} critical or high, of {N} rules?", [
        "select count(distinct rule_id) from findings where severity in ('critical', 'high') and not muted",
        "select count(distinct rule_id) from findings where not muted"]),
    ("verdict", rf"Handshakes failed {N} [\d.< %]+ of {N}; {N} more not judged", [flows(FAILED), flows(f"outcome = 'completed' or {FAILED}"), flows(NOT_JUDGED)]),
    ("verdict", rf"Old TLS agreed {N} 1.1 or older, [\d.< %]+ of {N} answers", [flows(OLD), flows("tls_version_code is not null")]),
    ("verdict", rf"Broken suites agreed {N} [\d.< %]+ of {N} answers", [
        "select count(*) from flows join cipher_suites on code = cipher_suite_code where rating = 'insecure'", flows("cipher_suite_code is not null")]),
    ("verdict", rf"Certificates expired {N} when last seen, of {N} in plain", ["select count(*) from certificates where days_left_at_capture < 0", "select count(*) from certificates"]),
    ("verdict", rf"Post-quantum key exchange .*? {N} of {N} known groups?", [flows("pq_hybrid"), flows("kx_group_code is not null")]),
    ("health", rf"Of {N} captures? found: .*?, {N} packets?, {N} TCP flows?; {N} flows? of TLS, DTLS and QUIC", [
        "select count(*) from captures", "select sum(packets) from captures", "select sum(tcp_flows) from captures", flows()]),
    ("findings", rf"{N} of {N} rules? found something in {N} TLS flows? and {N} captures?", [
        "select count(distinct rule_id) from findings where not muted", None, flows(), "select count(*) from captures"]),
    ("versions", rf"Offered: of {N} flows? .*? Chosen: of {N} flows?", [flows("legacy_version_code is not null or versions_offered is not null"), flows("tls_version_code is not null")]),
    ("suites", rf"Offered: of {N} flows? .*? Chosen: of {N} flows?", [flows("suites_offered_count is not null"), flows("cipher_suite_code is not null")]),
    ("groups", rf"Offered: of {N} flows? .*? sent: of {N} flows? .*? Chosen: of {N} flows?", [
        flows("groups_offered is not null"), flows("key_shares is not null"), flows("kx_group_code is not null")]),
    ("certificates", rf"Of {N} different certificates", ["select count(*) from certificates"]),
    ("failures", rf"Of {N} TLS flows?, {N} were judged: {N} completed .*? and {N} failed .*?\. {N} were not judged", [
        flows(), flows(f"outcome = 'completed' or {FAILED}"), flows("outcome = 'completed'"), flows(FAILED), flows(NOT_JUDGED)]),
    ("segmentation", rf"Of {N} handshake messages whose bytes are known, {N} \(.*?\) needed more than one TCP segment", [
        "select count(*) from messages where state in ('seen', 'encrypted', 'decrypted') and (layer in ('handshake', 'ccs') or message = 'encrypted_flight')",
        "select count(*) from messages where state in ('seen', 'encrypted', 'decrypted') and (layer in ('handshake', 'ccs') or message = 'encrypted_flight') and segments > 1"]),
    ("segmentation", rf"{N} of {N} ClientHellos \(", [
        flows("client_hello_segments > 1"), flows("client_hello_segments is not null")]),
    ("timing", rf"Of {N} handshakes? that completed and were seen whole", [flows("handshake_ms is not null")]),
    ("servers", rf"Of {N} servers? .*? in {N} TLS flows?", ["select count(distinct (server_ip, server_port)) from flows", flows()]),
    ("clients", rf"Of {N} flows? whose ClientHello", [flows("ja4 is not null")]),
    ("extensions", rf"Offered: of {N} flows? .*? Answered: of {N} flows?", [flows("legacy_version_code is not null"), flows("extensions_chosen is not null")]),
    ("captures", rf"{N} captures? found", ["select count(*) from captures"]),
]

asked = [(section, at, query) for section, _, queries in CHECKS for at, query in enumerate(queries) if query]
database = os.path.abspath("page.duckdb")
if os.path.exists(database):
    os.remove(database)
with open(os.path.join(census, "load.sql")) as script:
    subprocess.run([duckdb, "-bail", database], cwd=census, stdin=script, check=True, stdout=subprocess.DEVNULL)
union = " union all ".join(f"select {at} as place, ({query})::BIGINT as n" for at, (_, _, query) in enumerate(asked))
answers = json.loads(subprocess.run([duckdb, "-json", database, f"from ({union}) order by place"], check=True, capture_output=True, text=True).stdout)
answers = iter([answer["n"] or 0 for answer in answers])
wrong = []
for section, words, queries in CHECKS:
    found = re.search(words, text_of(section))
    if not found:
        wrong.append(f"{section}: nothing reads like {words!r}")
    for at, query in enumerate(queries):
        answer = next(answers) if query else None
        shown = int(found.group(at + 1).replace(",", "")) if found else None
        if query and found and shown != answer:
            wrong.append(f"{section}: the page says {shown}, the tables {answer}: {query}")
assert not wrong, "\n".join(wrong)
print(f"{len(asked)} numbers of the page are what the tables come to")
