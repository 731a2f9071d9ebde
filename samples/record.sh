#!/usr/bin/env bash
# Records the sample captures: real clients and servers in two network namespaces.
#
#   samples/record.sh            record all
#   samples/record.sh NAME...    record these
#   samples/record.sh -l         list the names
#
# Needs root and the Debian packages: tcpdump tshark ethtool iproute2 openssl gnutls-bin curl nodejs python3
# (tshark with editcap only for the README's tables and for the pcapng sample), chromium-headless-shell for the
# sample chromium, python3-aioquic for those of QUIC. Nothing leaves the namespaces.
# Writes samples/NAME/NAME.pcap and samples/NAME/README.md. Keys and certificates are made for each run in a
# temporary directory and deleted afterwards.
set -euo pipefail

HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
PY=/usr/bin/python3
TAG=tlsc$$
C=${TAG}c S=${TAG}s R=${TAG}r # the namespaces of the client, the server and the relay
HOST=www.example.com
unset http_proxy https_proxy HTTP_PROXY HTTPS_PROXY ALL_PROXY no_proxy NO_PROXY SSLKEYLOGFILE OPENSSL_CONF || true
export LC_ALL=C PYTHONDONTWRITEBYTECODE=1

ALL="tls12-ecdhe-rsa tls12-rsa tls12-dhe tls13 tls13-hrr tls12-resumption-ticket tls12-resumption-id tls13-psk
 tls13-early-data tls12-client-auth tls13-client-auth failure-alert failure-version failure-unknown-ca
 failure-unknown-ca-tls13 failure-reset tls10 rotated reordered lost retransmitted capture-loss big-client-hello
 big-ticket chromium small-records small-mss ip-fragments tls12-renegotiation midway bulk offload offload-big-tcp
 pcapng big-endian snaplen any-interface vxlan plain-http starttls-smtp dtls12-fragments dtls10
 quic quic-retry quic-version-negotiation"

die() { echo "record.sh: $*" >&2; exit 1; }

# ---- network ---------------------------------------------------------------------------------------------------

# host NAMESPACE INTERFACE MAC IPV4 IPV6 PEERMAC PEER4 PEER6: addresses and fixed neighbours, so no ARP is recorded
host() {
  ip -n "$1" link set "$2" address "$3"
  ip netns exec "$1" sysctl -qw net.ipv6.conf.all.accept_dad=0 net.ipv6.conf."$2".accept_dad=0 net.ipv4.tcp_timestamps="$TIMESTAMPS"
  ip -n "$1" addr add "$4/24" dev "$2"
  ip -n "$1" addr add "$5/64" dev "$2" nodad
  ip -n "$1" link set lo up
  ip -n "$1" link set "$2" mtu 1500 up
  ip -n "$1" neigh add "$7" lladdr "$6" dev "$2" nud permanent
  ip -n "$1" neigh add "$8" lladdr "$6" dev "$2" nud permanent
}

no_offload() { ip netns exec "$1" ethtool -K "$2" tso off gso off gro off tx off rx off >/dev/null 2>&1; }

# network [relay|router]: the client 10.1.0.1, fd00:1::1 and the server 10.1.0.2, fd00:1::2, MTU 1500
network() {
  ip netns add "$C"
  ip netns add "$S"
  if [ "${1:-}" = relay ] || [ "${1:-}" = router ]; then
    ip netns add "$R"
    [ "$1" = router ] || ip netns exec "$R" sysctl -qw net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1
    ip link add eth0 netns "$C" type veth peer name client netns "$R"
    ip link add eth0 netns "$S" type veth peer name server netns "$R"
    for i in client server; do
      no_offload "$R" $i
      ip -n "$R" link set $i mtu 1500 up
    done
  else
    ip link add eth0 netns "$C" type veth peer name eth0 netns "$S"
  fi
  host "$C" eth0 02:00:0a:01:00:01 10.1.0.1 fd00:1::1 02:00:0a:01:00:02 10.1.0.2 fd00:1::2
  host "$S" eth0 02:00:0a:01:00:02 10.1.0.2 fd00:1::2 02:00:0a:01:00:01 10.1.0.1 fd00:1::1
  if [ "$OFFLOAD" = off ]; then
    no_offload "$C" eth0
    no_offload "$S" eth0
  fi
  sleep 0.3
}

PIDS=() CAPTURES=()

in_client() { ip netns exec "$C" "$@"; }

# serve PORT COMMAND...: start a server and wait until it listens; descriptor 9 is an input that never ends
serve() {
  local port=$1 i
  shift
  (cd "$WORK/www" && exec ip netns exec "$S" "$@") >"$WORK/server.log" 2>&1 <&9 &
  PIDS+=($!)
  for i in $(seq 100); do
    [ -n "$(ip netns exec "$S" ss -Hln$SOCKETS "sport = :$port")" ] && return
    sleep 0.05
  done
  cat "$WORK/server.log" >&2
  die "no server on port $port"
}

# capture FILE [NAMESPACE [tcpdump option...]]: record TCP on that side (the client's if not given)
capture() {
  local file=$1 ns=${2:-$C} log i
  shift
  [ $# -gt 0 ] && shift
  log="$WORK/tcpdump.${#CAPTURES[@]}.log"
  rm -f "$log"
  ip netns exec "$ns" tcpdump -i "$INTERFACE" -n -Z root --immediate-mode -U "$@" -w "$file" "$FILTER" 2>"$log" &
  CAPTURES+=($!)
  for i in $(seq 100); do
    grep -qs 'listening on' "$log" && return
    sleep 0.05
  done
  cat "$log" >&2
  die "tcpdump does not start"
}

# finish: let the connections end, then stop tcpdump, servers and network
finish() {
  local pid
  sleep 0.5
  for pid in "${CAPTURES[@]}"; do kill -INT "$pid" 2>/dev/null || true; done
  for pid in "${CAPTURES[@]}"; do wait "$pid" || true; done
  CAPTURES=()
  for pid in "${PIDS[@]}"; do kill "$pid" 2>/dev/null || true; done
  for pid in "${PIDS[@]}"; do wait "$pid" 2>/dev/null || true; done
  PIDS=()
  no_network
}

no_network() { for ns in "$C" "$S" "$R"; do ip netns del "$ns" 2>/dev/null || true; done; }

cleanup() {
  local pid
  for pid in "${CAPTURES[@]}" "${PIDS[@]}"; do kill "$pid" 2>/dev/null || true; done
  no_network
  rm -rf "$WORK"
}

# ---- certificates ----------------------------------------------------------------------------------------------

# certificate NAME SUBJECT ISSUER SERIAL KEYARGS... ; extensions on standard input
certificate() {
  local name=$1 subject=$2 issuer=$3 serial=$4
  shift 4
  cat >"$WORK/ext.cnf"
  openssl genpkey -quiet "$@" -out "$WORK/$name.key" 2>/dev/null || openssl genpkey "$@" -out "$WORK/$name.key" 2>/dev/null
  openssl req -new -sha256 -key "$WORK/$name.key" -subj "$subject" -out "$WORK/$name.csr"
  if [ "$issuer" = "$name" ]; then
    openssl x509 -req -sha256 -days 3650 -in "$WORK/$name.csr" -signkey "$WORK/$name.key" -set_serial "$serial" \
      -extfile "$WORK/ext.cnf" -out "$WORK/$name.crt" 2>/dev/null
  else
    openssl x509 -req -sha256 -days 3650 -in "$WORK/$name.csr" -CA "$WORK/$issuer.crt" -CAkey "$WORK/$issuer.key" \
      -set_serial "$serial" -extfile "$WORK/ext.cnf" -out "$WORK/$name.crt" 2>/dev/null
  fi
}

certificates() {
  local rsa="-algorithm RSA -pkeyopt rsa_keygen_bits:2048" ec="-algorithm EC -pkeyopt ec_paramgen_curve:P-256"
  local names="DNS:www.example.com,DNS:example.com,DNS:checkout.www.example.com" i
  for i in $(seq -w 1 25); do names+=",DNS:host-$i.www.example.com"; done
  certificate root "/C=XX/O=Example Trust Services/CN=Example Root CA" root 0x1000000000000001 $rsa <<-E
	basicConstraints=critical,CA:TRUE
	keyUsage=critical,keyCertSign,cRLSign
	subjectKeyIdentifier=hash
	E
  certificate intermediate "/C=XX/O=Example Trust Services/CN=Example Intermediate CA" root 0x1000000000000002 $rsa <<-E
	basicConstraints=critical,CA:TRUE,pathlen:0
	keyUsage=critical,keyCertSign,cRLSign
	subjectKeyIdentifier=hash
	authorityKeyIdentifier=keyid
	crlDistributionPoints=URI:http://crl.example.com/example-root-ca.crl
	authorityInfoAccess=OCSP;URI:http://ocsp.example.com,caIssuers;URI:http://ca.example.com/root.crt
	certificatePolicies=2.23.140.1.2.1
	E
  certificate server "/C=XX/O=Example Web Shop/CN=www.example.com" intermediate 0x1000000000000003 $rsa <<-E
	basicConstraints=critical,CA:FALSE
	keyUsage=critical,digitalSignature,keyEncipherment
	extendedKeyUsage=serverAuth
	subjectKeyIdentifier=hash
	authorityKeyIdentifier=keyid
	crlDistributionPoints=URI:http://crl.example.com/example-intermediate-ca.crl
	authorityInfoAccess=OCSP;URI:http://ocsp.example.com,caIssuers;URI:http://ca.example.com/intermediate.crt
	certificatePolicies=2.23.140.1.2.1
	subjectAltName=$names
	E
  certificate ecdsa "/C=XX/O=Example Web Shop/CN=www.example.com" intermediate 0x1000000000000004 $ec <<-E
	basicConstraints=critical,CA:FALSE
	keyUsage=critical,digitalSignature
	extendedKeyUsage=serverAuth
	subjectKeyIdentifier=hash
	authorityKeyIdentifier=keyid
	subjectAltName=DNS:www.example.com,DNS:example.com
	E
  certificate client "/C=XX/O=Example Customers/CN=Example Client" intermediate 0x1000000000000005 ${rsa/2048/4096} <<-E
	basicConstraints=critical,CA:FALSE
	keyUsage=critical,digitalSignature
	extendedKeyUsage=clientAuth
	subjectKeyIdentifier=hash
	authorityKeyIdentifier=keyid
	E
  cat "$WORK/server.crt" "$WORK/intermediate.crt" "$WORK/root.crt" >"$WORK/chain3.pem" # as many real servers do
  cat "$WORK/intermediate.crt" "$WORK/root.crt" >"$WORK/upper.pem"
  cat "$WORK/server.crt" "$WORK/intermediate.crt" >"$WORK/chain.pem"
  cat "$WORK/ecdsa.crt" "$WORK/intermediate.crt" >"$WORK/ecchain.pem"
}

# ---- clients, servers ------------------------------------------------------------------------------------------

# openssl s_server with the RSA certificate and its intermediate; answers GET with a file
s_server() { serve 443 openssl s_server -accept 443 -cert "$WORK/server.crt" -key "$WORK/server.key" -cert_chain "$WORK/intermediate.crt" "$@"; }

# a GET by openssl s_client
s_client() {
  printf 'GET /page.txt HTTP/1.0\r\n\r\n' | in_client timeout 20 openssl s_client -connect "${TARGET:-10.1.0.2:443}" \
    -servername $HOST -CAfile "$WORK/root.crt" -quiet "$@" >"$WORK/client.log" 2>&1 || CLIENT_FAILED=yes
}

# a GET by curl: get PATH [options]
get() {
  local path=$1
  shift
  in_client timeout 30 curl -sS --noproxy '*' --resolve $HOST:443:10.1.0.2 --cacert "$WORK/root.crt" "$@" \
    -o /dev/null "https://$HOST$path" >"$WORK/client.log" 2>&1 || CLIENT_FAILED=yes
}

worked() { [ "$CLIENT_FAILED" = no ] || { cat "$WORK/client.log" >&2; die "$NAME: the client failed"; }; }
failed() { [ "$CLIENT_FAILED" = yes ] || die "$NAME: the client should have failed"; }

# index: samples/README.md with one line a sample
index() {
  local name
  {
    cat <<-'E'
	# Sample captures

	Recorded from real programs in network namespaces by `record.sh`; no traffic of any network is in them. Each folder has
	the capture and a README with its purpose, what to see, its origin and what tshark says of it, frame by frame. Names,
	addresses and certificates are made up.

	| sample | what it is | bytes |
	|---|---|---|
	E
    for name in $ALL; do
      [ -f "$HERE/$name/README.md" ] || continue
      printf '| [%s](%s/README.md) | %s | %s |\n' "$name" "$name" "$(sed -n 3p "$HERE/$name/README.md")" "$(cat "$HERE/$name"/*.pcap* | wc -c)"
    done
    cat <<-'E'

	To record again: `sudo samples/record.sh` for all, `sudo samples/record.sh NAME...` for some, `samples/record.sh -l` for
	the names; the Debian packages that it needs are named at its top. Frame numbers, ports, times and random values differ
	each time, and so may the pure acknowledgements; the READMEs are written anew with the captures.

	Four samples are not as the network gave them, and their READMEs say so: `rotated` is cut from one recording,
	`capture-loss` lacks a packet, `big-endian` and `pcapng` are converted. Where packets are lost, delayed or out of order a
	relay between two real TCP stacks did it (`relay.py`).

	Other files: `servers.py`, `h2server.js`, `quic.py` (small servers), `relay.py` (loss, delay), `pcaptool.py` (cutting and rewriting),
	`facts.py` (the READMEs' tables, by tshark).
	E
  } >"$HERE/README.md"
}

# readme FILE COMMANDS PACKAGES PURPOSE; what to see on standard input. Adds the origin and tshark's facts.
readme() {
  local file=$1 commands=$2 packages=$3 purpose=$4
  {
    printf '# %s\n\n%s\n\n' "$NAME" "$purpose"
    cat
    printf '\nOrigin: %s\n' "$commands"
    printf 'Versions: %s; Linux %s. ' \
      "$(dpkg-query -W -f '${Package} ${Version}, ' $packages tcpdump | sed 's/, $//')" "$(uname -r | cut -d- -f1)"
    printf 'Recorded on %s with `samples/record.sh %s`.\n\n' "$(date -u +%F)" "$NAME"
    "$PY" "$HERE/facts.py" ${FACTS:+"$FACTS"} "$file"
  } >"$OUT/README.md"
  [ "$NAME" = midway ] || [ "$SOCKETS" = u ] || grep -q '; MSS client' "$OUT/README.md" || die "$NAME: no TCP handshake in the capture"
}

# ---- the samples -----------------------------------------------------------------------------------------------

# the server of the walk: sends three certificates, root included, and answers GET with a file of its directory
walk_server() { serve 443 openssl s_server -accept 443 -cert "$WORK/server.crt" -key "$WORK/server.key" -cert_chain "$WORK/upper.pem" -WWW "$@"; }

rec_tls12_ecdhe_rsa() {
  TIMESTAMPS=0
  network
  walk_server -tls1_2
  capture "$OUT/$NAME.pcap"
  s_client -tls1_2 -cipher ECDHE-RSA-AES128-GCM-SHA256
  worked
  finish
  readme "$OUT/$NAME.pcap" "\`openssl s_client\` gets a page of 6,000 bytes from \`openssl s_server -WWW\`; TCP timestamps off" openssl \
    "A full TLS 1.2 handshake with ECDHE-RSA, a page of 6 KB and an orderly end: the whole walk, step by step." <<-'E'
	What to see: TCP handshake; ClientHello; ServerHello, Certificate (three certificates, 3,761 bytes with its header),
	ServerKeyExchange, ServerHelloDone; ClientKeyExchange, ChangeCipherSpec, Finished; NewSessionTicket, ChangeCipherSpec,
	Finished; application data both ways; close_notify from both sides, FIN from both sides. The segments are full at
	1,460 bytes. The Certificate is one TLS record and begins behind the ServerHello in the first segment.
	E
}

rec_tls12_rsa() {
  network
  s_server -WWW -tls1_2
  capture "$OUT/$NAME.pcap"
  { printf 'GET /page.txt HTTP/1.0\r\n\r\n'; sleep 0.5; } | in_client timeout 20 gnutls-cli --x509cafile "$WORK/root.crt" --port 443 \
    --sni-hostname $HOST --verify-hostname $HOST --priority 'NORMAL:-VERS-ALL:+VERS-TLS1.2:-KX-ALL:+RSA' 10.1.0.2 >"$WORK/client.log" 2>&1 || CLIENT_FAILED=yes
  worked
  finish
  readme "$OUT/$NAME.pcap" "\`gnutls-cli\` (priority \`-KX-ALL:+RSA\`) gets a page from \`openssl s_server\`" "gnutls-bin openssl" \
    "TLS 1.2 with RSA key exchange: no forward secrecy." <<-'E'
	What to see: no ServerKeyExchange between Certificate and ServerHelloDone; the ClientKeyExchange is 262 bytes, the
	premaster secret under the server's 2,048-bit key. The client ends without a close_notify of its own.
	E
}

rec_tls12_dhe() {
  network
  serve 443 gnutls-serv --http --port 443 --x509certfile "$WORK/chain.pem" --x509keyfile "$WORK/server.key" \
    --priority 'NORMAL:-VERS-ALL:+VERS-TLS1.2:-KX-ALL:+DHE-RSA'
  capture "$OUT/$NAME.pcap"
  { printf 'GET / HTTP/1.0\r\n\r\n'; sleep 0.5; } | in_client timeout 20 gnutls-cli --x509cafile "$WORK/root.crt" --port 443 \
    --sni-hostname $HOST --verify-hostname $HOST --priority 'NORMAL:-VERS-ALL:+VERS-TLS1.2:-KX-ALL:+DHE-RSA' 10.1.0.2 >"$WORK/client.log" 2>&1 || CLIENT_FAILED=yes
  worked
  finish
  readme "$OUT/$NAME.pcap" "\`gnutls-cli\` and \`gnutls-serv --http\`, both with priority \`-KX-ALL:+DHE-RSA\`" gnutls-bin \
    "TLS 1.2 with DHE-RSA: finite-field Diffie-Hellman." <<-'E'
	What to see: the ServerKeyExchange carries prime, generator and public value and is much longer than with ECDHE.
	gnutls-serv asks for a client certificate (CertificateRequest); the client answers with an empty Certificate. The
	client ends without a close_notify of its own.
	E
}

rec_tls13() {
  network
  serve 443 node "$HERE/h2server.js" "$WORK/ecchain.pem" "$WORK/ecdsa.key"
  capture "$OUT/$NAME.pcap"
  get / --http2 --tlsv1.3
  worked
  finish
  readme "$OUT/$NAME.pcap" "\`curl --http2\` from \`samples/h2server.js\` (node's http2)" "curl nodejs" \
    "A full TLS 1.3 handshake with ALPN h2 and an ECDSA certificate." <<-'E'
	What to see: ClientHello and ServerHello are plain; all after the ChangeCipherSpec is in application data records
	(EncryptedExtensions, Certificate, CertificateVerify, Finished), so their types and the chosen ALPN are not visible.
	The server's last record meets a closed socket, so the client ends with FIN and RST.
	E
}

rec_tls13_hrr() {
  network
  s_server -WWW -tls1_3 -groups P-256
  capture "$OUT/$NAME.pcap"
  s_client -tls1_3 -groups X25519:P-256
  worked
  finish
  readme "$OUT/$NAME.pcap" "\`openssl s_client -groups X25519:P-256\`, \`openssl s_server -groups P-256\`" openssl \
    "TLS 1.3 with a HelloRetryRequest: the client's key share is for X25519, the server takes P-256 only." <<-'E'
	What to see: ClientHello, HelloRetryRequest (a ServerHello with the fixed random), ChangeCipherSpec of both sides, a
	second ClientHello with a key share for P-256, then the real ServerHello.
	E
}

# resumption SERVEROPTIONS -- CLIENTOPTIONS: two GETs, the second with the first one's session
resumption() {
  local server=()
  while [ "$1" != -- ]; do server+=("$1"); shift; done
  shift
  network
  s_server -WWW "${server[@]}"
  capture "$OUT/$NAME.pcap"
  s_client "$@" -sess_out "$WORK/session"
  sleep 0.2
  s_client "$@" -sess_in "$WORK/session"
  worked
  finish
}

rec_tls12_resumption_ticket() {
  resumption -tls1_2 -- -tls1_2
  readme "$OUT/$NAME.pcap" "\`openssl s_client -sess_out\`, then \`-sess_in\`; \`openssl s_server\`" openssl \
    "TLS 1.2: a full handshake that gives a ticket, then a connection resumed with it." <<-'E'
	What to see: the first connection has Certificate, key exchange and NewSessionTicket. The second ClientHello carries
	the ticket; the server answers with ServerHello, perhaps a NewSessionTicket, ChangeCipherSpec and Finished at once.
	E
}

rec_tls12_resumption_id() {
  resumption -tls1_2 -no_ticket -- -tls1_2 -no_ticket
  readme "$OUT/$NAME.pcap" "\`openssl s_client -no_ticket -sess_out\`, then \`-sess_in\`; \`openssl s_server -no_ticket\`" openssl \
    "TLS 1.2: a full handshake, then one resumed by session id." <<-'E'
	What to see: no NewSessionTicket; the second ClientHello and ServerHello carry the session id of the first
	ServerHello; no Certificate in the second connection; the server's ChangeCipherSpec and Finished come first.
	E
}

rec_tls13_psk() {
  TARGET='[fd00:1::2]:443'
  resumption -tls1_3 -- -tls1_3
  readme "$OUT/$NAME.pcap" "\`openssl s_client -sess_out\`, then \`-sess_in\`; \`openssl s_server\`; over IPv6" openssl \
    "TLS 1.3 over IPv6: a full handshake, then one resumed by PSK." <<-'E'
	What to see: the second ClientHello ends with pre_shared_key, the second ServerHello has pre_shared_key too; the
	server's encrypted flight is short (no Certificate). The MSS is 1,440.
	E
}

rec_tls13_early_data() {
  network
  s_server -tls1_3 -early_data -quiet
  capture "$OUT/$NAME.pcap"
  sleep 0.5 | in_client timeout 20 openssl s_client -connect 10.1.0.2:443 -servername $HOST -CAfile "$WORK/root.crt" \
    -tls1_3 -sess_out "$WORK/session" >"$WORK/client.log" 2>&1 || CLIENT_FAILED=yes
  worked
  printf 'early request\n' >"$WORK/early"
  sleep 0.2
  { sleep 0.3; echo 'late request'; sleep 0.3; } | in_client timeout 20 openssl s_client -connect 10.1.0.2:443 -servername $HOST \
    -CAfile "$WORK/root.crt" -tls1_3 -sess_in "$WORK/session" -early_data "$WORK/early" >"$WORK/client.log" 2>&1 || CLIENT_FAILED=yes
  worked
  grep -q 'Early data was accepted' "$WORK/client.log" || die "$NAME: early data was not accepted"
  finish
  readme "$OUT/$NAME.pcap" "\`openssl s_client -sess_out\`, then \`-sess_in -early_data\`; \`openssl s_server -early_data\`" openssl \
    "TLS 1.3: a full handshake, then one resumed by PSK with early data (0-RTT), accepted." <<-'E'
	What to see: in the second connection ChangeCipherSpec and an application data record of the client stand before the
	ServerHello: the early data. The extension early_data is in the second ClientHello.
	E
}

# client_auth SERVEROPTION CLIENTOPTION
client_auth() {
  network
  s_server -WWW "$1" -CAfile "$WORK/root.crt" -Verify 3 -verify_return_error
  capture "$OUT/$NAME.pcap"
  s_client "$2" -cert "$WORK/client.crt" -key "$WORK/client.key" -cert_chain "$WORK/intermediate.crt"
  worked
  finish
}

rec_tls12_client_auth() {
  client_auth -tls1_2 -tls1_2
  readme "$OUT/$NAME.pcap" "\`openssl s_client -cert\`, \`openssl s_server -Verify\`" openssl \
    "TLS 1.2 with a client certificate." <<-'E'
	What to see: CertificateRequest before ServerHelloDone; the client sends Certificate, ClientKeyExchange and
	CertificateVerify. The client's Certificate holds the subject "Example Client" and the intermediate.
	E
}

rec_tls13_client_auth() {
  client_auth -tls1_3 -tls1_3
  readme "$OUT/$NAME.pcap" "\`openssl s_client -cert\`, \`openssl s_server -Verify\`" openssl \
    "TLS 1.3 with a client certificate: all of it encrypted." <<-'E'
	What to see: after the server's flight the client sends far more than a Finished before its request: Certificate,
	CertificateVerify and Finished in application data records. The types are not visible.
	E
}

rec_failure_alert() {
  network
  s_server -WWW -tls1_2
  capture "$OUT/$NAME.pcap"
  s_client -tls1_2 -cipher ECDHE-ECDSA-AES256-GCM-SHA384
  failed
  finish
  readme "$OUT/$NAME.pcap" "\`openssl s_client -cipher ECDHE-ECDSA-AES256-GCM-SHA384\` to an \`openssl s_server\` with an RSA key" openssl \
    "No common cipher suite: the server refuses." <<-'E'
	What to see: ClientHello, then a plain fatal alert handshake_failure (40) of 2 bytes from the server; no ServerHello.
	E
}

rec_failure_version() {
  network
  s_server -WWW -tls1_2
  capture "$OUT/$NAME.pcap"
  s_client -tls1_1 -cipher DEFAULT@SECLEVEL=0
  failed
  finish
  readme "$OUT/$NAME.pcap" "\`openssl s_client -tls1_1\` to \`openssl s_server -tls1_2\`" openssl \
    "No common version: the client has TLS 1.1 only, the server TLS 1.2 only." <<-'E'
	What to see: ClientHello for TLS 1.1, then a plain fatal alert protocol_version (70) from the server.
	E
}

rec_failure_unknown_ca() {
  network
  s_server -WWW -tls1_2
  capture "$OUT/$NAME.pcap"
  get /page.txt --tls-max 1.2 --cacert "$WORK/client.crt"
  failed
  finish
  readme "$OUT/$NAME.pcap" "\`curl --tls-max 1.2\` without the root certificate; \`openssl s_server\`" "curl openssl" \
    "TLS 1.2: the client does not trust the server's certificate." <<-'E'
	What to see: a plain fatal alert unknown_ca (48) from the client after ServerHelloDone, where ClientKeyExchange
	should be; then RST from the client.
	E
}

rec_failure_unknown_ca_tls13() {
  network
  s_server -WWW -tls1_3
  capture "$OUT/$NAME.pcap"
  get /page.txt --cacert "$WORK/client.crt"
  failed
  finish
  readme "$OUT/$NAME.pcap" "\`curl\` without the root certificate; \`openssl s_server -tls1_3\`" "curl openssl" \
    "TLS 1.3: the client does not trust the server's certificate." <<-'E'
	What to see: after the server's encrypted flight a fatal alert unknown_ca (48) from the client, in the clear all the
	same: OpenSSL turns its own encryption on only with the Finished. Then RST from the client.
	E
}

rec_failure_reset() {
  network
  serve 443 $PY "$HERE/servers.py" reset
  capture "$OUT/$NAME.pcap"
  get /page.txt
  failed
  finish
  readme "$OUT/$NAME.pcap" "\`curl\`; \`samples/servers.py reset\` (SO_LINGER with time 0)" "curl python3" \
    "The server accepts the TCP connection, reads the ClientHello and resets." <<-'E'
	What to see: ClientHello, then RST from the server; not one byte of TLS from the server.
	E
}

rec_tls10() {
  network
  s_server -WWW -tls1 -cipher DEFAULT@SECLEVEL=0
  capture "$OUT/$NAME.pcap"
  s_client -tls1 -cipher DEFAULT@SECLEVEL=0
  worked
  finish
  readme "$OUT/$NAME.pcap" "\`openssl s_client -tls1\`, \`openssl s_server -tls1\`, both with \`DEFAULT@SECLEVEL=0\`" openssl \
    "TLS 1.0, which nobody should use any more." <<-'E'
	What to see: version 0x0301 in the records and hellos, a CBC suite; application data begins with a record without
	content (OpenSSL's empty fragment against the CBC attack).
	E
}

rec_rotated() {
  local i
  network
  serve 443 $PY "$HERE/servers.py" https "$WORK/chain3.pem" "$WORK/server.key" 1.2
  rm -f "$OUT/$NAME".pcap*
  capture "$WORK/whole.pcap"
  get /slow & # stream 0: lasts through the series
  PIDS+=($!)
  sleep 0.2
  get /page.txt # 1: before
  sleep 0.2
  get /page.txt # 2: its Certificate is cut
  sleep 0.2
  get /slow & # 3: cut between ClientHello and ServerHello
  PIDS+=($!)
  sleep 0.3
  get /page.txt # 4: within the third file
  sleep 0.2
  get /page.txt # 5: after
  sleep 2
  worked
  finish
  "$PY" "$HERE/pcaptool.py" cut "$WORK/whole.pcap" "$OUT/$NAME.pcap" 2:s:2 3:s:1 4:s:8
  FACTS=--brief
  readme "$WORK/whole.pcap" "\`curl\`, several, gets pages from \`samples/servers.py https\`, TLS 1.2; some slow, side by side" "curl python3" \
    "One recording as a rotated series, with flows that go over the file boundaries." <<-E
	**Rewritten**: recorded as one file and cut at packet boundaries by \`samples/pcaptool.py cut\`; \`tcpdump -C\` takes
	whole megabytes only. The names are those of \`tcpdump -C ... -W ...\`: rotated.pcap0 to rotated.pcap3. Each has its own
	file header.

	What to see: rotated.pcap1 begins inside the Certificate of stream 2 (its second segment), rotated.pcap2 between
	ClientHello and ServerHello of stream 3, rotated.pcap3 within an application data record of stream 4. Stream 0 goes
	through all. Read together in order the series gives what the whole file gives; frame numbers below are those of the
	whole.

	Frames: $(for i in 0 1 2 3; do printf 'rotated.pcap%s %s; ' $i "$(tshark -r "$OUT/$NAME.pcap$i" 2>/dev/null | wc -l)"; done | sed 's/; $/./')
	E
}

# through_relay ACTION...: a GET as in the walk with the relay between, recorded on both sides
through_relay() {
  local i
  network relay
  walk_server -tls1_2
  rm -f "$WORK/relay.log"
  ip netns exec "$R" $PY "$HERE/relay.py" client server 5 "$@" >"$WORK/relay.log" 2>&1 &
  PIDS+=($!)
  for i in $(seq 100); do grep -qs ready "$WORK/relay.log" && break; sleep 0.05; done
  capture "$WORK/client.pcap" "$C"
  capture "$WORK/server.pcap" "$S"
  s_client -tls1_2
  worked
  finish
}

rec_reordered() {
  through_relay hold 2 1
  FACTS=--reorder
  cp "$WORK/client.pcap" "$OUT/$NAME.pcap"
  readme "$OUT/$NAME.pcap" "\`openssl s_client\`, \`openssl s_server\`, recorded at the client" "openssl python3" \
    "Segments of the server's Certificate arrive in the wrong order." <<-'E'
	The order is changed between the hosts by `samples/relay.py client server 5 hold 2 1`, since netem may be missing: it
	keeps the server's second data segment back until the third has passed, and delays all by 5 ms each way. The TCP
	stacks are the kernel's.

	What to see: the third data segment of the server stands before the second; the client acknowledges the gap with SACK;
	nothing is sent twice. The Certificate is whole.
	E
}

# one connection gives two samples: "lost" as the client's side sees it, "retransmitted" as the server's side sees it
rec_retransmitted() { rec_lost; }

rec_lost() {
  [ "$LOST_DONE" = no ] || return 0
  through_relay drop 2
  LOST_DONE=yes FACTS=--reorder NAME=lost OUT=$HERE/lost
  mkdir -p "$OUT"
  cp "$WORK/client.pcap" "$OUT/$NAME.pcap"
  readme "$OUT/$NAME.pcap" "\`openssl s_client\`, \`openssl s_server\`, recorded at the client" "openssl python3" \
    "A segment of the server's Certificate is lost before the recording point and sent again." <<-'E'
	The loss is made between the hosts by `samples/relay.py client server 5 drop 2`, since netem may be missing: it loses
	the server's second data segment once and delays all by 5 ms each way. The TCP stacks are the kernel's. The sample
	`retransmitted` is the same connection seen at the server.

	What to see: the first copy is not in the capture; the client's acknowledgements stay at the gap (SACK), then the
	segment comes, a round trip after later ones. By the sequence numbers alone it looks like reordering.
	E
  NAME=retransmitted OUT=$HERE/retransmitted
  mkdir -p "$OUT"
  cp "$WORK/server.pcap" "$OUT/$NAME.pcap"
  readme "$OUT/$NAME.pcap" "\`openssl s_client\`, \`openssl s_server\`, recorded at the server" "openssl python3" \
    "A segment of the server's Certificate is lost behind the recording point: the capture has it twice." <<-'E'
	The loss is made between the hosts by `samples/relay.py client server 5 drop 2`, since netem may be missing: it loses
	the server's second data segment once and delays all by 5 ms each way. The TCP stacks are the kernel's. The sample
	`lost` is the same connection seen at the client.

	What to see: both copies of the segment are in the capture: a retransmission inside the Certificate.
	E
}

rec_capture_loss() {
  network
  walk_server -tls1_2
  capture "$WORK/whole.pcap"
  s_client -tls1_2
  worked
  finish
  local left
  left=$("$PY" "$HERE/pcaptool.py" drop "$WORK/whole.pcap" "$OUT/$NAME.pcap" 0:s:2)
  readme "$OUT/$NAME.pcap" "\`openssl s_client\`, \`openssl s_server\`" openssl \
    "The capture missed a segment of the Certificate that the client has received." <<-E
	**Rewritten**: the server's second data segment was taken out by \`samples/pcaptool.py drop\`
	($left).

	What to see: a gap in the server's direction inside the Certificate, acknowledged by the client and never filled. The
	Certificate cannot be read whole; all after it is there.
	E
}

rec_big_client_hello() {
  local list=h2,http/1.1 i
  for i in $(seq -w 1 90); do list+=,example-protocol-$i; done
  network
  s_server -WWW -tls1_3
  capture "$OUT/$NAME.pcap"
  s_client -tls1_3 -alpn "$list"
  worked
  finish
  readme "$OUT/$NAME.pcap" "\`openssl s_client -alpn\` with 92 protocols; \`openssl s_server\`" openssl \
    "A ClientHello that does not fit into one segment: a long ALPN list." <<-'E'
	What to see: the ClientHello is one TLS record over two TCP segments of the client; the server acknowledges the first.
	E
}

rec_big_ticket() {
  network
  s_server -WWW -tls1_2 -CAfile "$WORK/root.crt" -Verify 3 -verify_return_error
  capture "$OUT/$NAME.pcap"
  s_client -tls1_2 -cert "$WORK/client.crt" -key "$WORK/client.key" -cert_chain "$WORK/intermediate.crt" -sess_out "$WORK/session"
  sleep 0.2
  s_client -tls1_2 -cert "$WORK/client.crt" -key "$WORK/client.key" -cert_chain "$WORK/intermediate.crt" -sess_in "$WORK/session"
  worked
  finish
  readme "$OUT/$NAME.pcap" "\`openssl s_client -cert\`, twice; \`openssl s_server -Verify\`" openssl \
    "TLS 1.2: the ticket holds the client's certificate, so the resuming ClientHello is large." <<-'E'
	What to see: a NewSessionTicket of more than 1 KB in the first connection; the second ClientHello carries it back and
	goes over two segments; the second handshake is abbreviated.
	E
}

rec_chromium() {
  command -v chromium-headless-shell >/dev/null || die "$NAME needs the package chromium-headless-shell"
  network
  serve 443 node "$HERE/h2server.js" "$WORK/ecchain.pem" "$WORK/ecdsa.key"
  capture "$OUT/$NAME.pcap"
  HOME=$WORK/home in_client timeout 60 chromium-headless-shell --no-sandbox --disable-gpu --user-data-dir="$WORK/profile" \
    --host-resolver-rules="MAP $HOST 10.1.0.2" --ignore-certificate-errors --dump-dom "https://$HOST/" >"$WORK/client.log" 2>&1 || CLIENT_FAILED=yes
  worked
  grep -q 'quick brown fox' "$WORK/client.log" || die "$NAME: no page"
  finish
  readme "$OUT/$NAME.pcap" "\`chromium-headless-shell --ignore-certificate-errors --dump-dom\`; \`samples/h2server.js\` (node's http2)" "chromium-headless-shell nodejs" \
    "A ClientHello as a browser sends it today: GREASE, a post-quantum key share, over one segment long." <<-'E'
	What to see: GREASE values in suites, groups, versions and extensions; extensions in random order; a key share of 1,216
	bytes for X25519MLKEM768 and one for X25519; encrypted_client_hello (GREASE). The ClientHello goes over two segments.
	The server knows X25519 only.
	E
}

rec_small_records() {
  network
  walk_server -tls1_2
  capture "$OUT/$NAME.pcap"
  s_client -tls1_2 -maxfraglen 512
  worked
  finish
  readme "$OUT/$NAME.pcap" "\`openssl s_client -maxfraglen 512\`; \`openssl s_server\`" openssl \
    "TLS 1.2 with max_fragment_length: records of at most 512 bytes, so one message goes over many records." <<-'E'
	What to see: the Certificate of 3,761 bytes over eight TLS records, which is fragmentation into records; these go over
	TCP segments of up to 1,448 bytes, which is segmentation. The page of 6,000 bytes is in twelve or more records.
	E
}

rec_small_mss() {
  network
  ip -n "$C" link set eth0 mtu 576
  walk_server -tls1_2
  capture "$OUT/$NAME.pcap"
  s_client -tls1_2
  worked
  finish
  readme "$OUT/$NAME.pcap" "\`openssl s_client\`; \`openssl s_server\`; the client's interface has an MTU of 576" openssl \
    "A client with a small MTU: it announces an MSS of 536, the server 1,460." <<-'E'
	What to see: segments of 524 bytes (536 without the 12 of timestamps); the Certificate over eight or so.
	E
}

rec_ip_fragments() {
  network router
  ip -n "$S" addr flush dev eth0
  ip -n "$S" addr add 10.2.0.2/24 dev eth0
  ip -n "$R" addr add 10.1.0.254/24 dev client
  ip -n "$R" addr add 10.2.0.254/24 dev server
  ip -n "$C" route add default via 10.1.0.254
  ip -n "$S" route add default via 10.2.0.254
  ip -n "$R" link set client mtu 1000
  ip netns exec "$R" sysctl -qw net.ipv4.ip_forward=1
  ip netns exec "$S" sysctl -qw net.ipv4.ip_no_pmtu_disc=1
  walk_server -tls1_2
  capture "$OUT/$NAME.pcap"
  TARGET=10.2.0.2:443
  s_client -tls1_2
  worked
  finish
  readme "$OUT/$NAME.pcap" "\`openssl s_client\`; \`openssl s_server\`; a router (Linux) between with an MTU of 1,000 towards the client; no path MTU discovery at the server" openssl \
    "The server's full segments arrive as IP fragments." <<-'E'
	What to see: the server's packets do not carry DF; each full TCP segment of 1,448 bytes comes as two IP fragments, of
	which only the first has a TCP header. Segments, not fragments, count for TCP. tshark puts them together at the last
	fragment.
	E
}

rec_tls12_renegotiation() {
  network
  s_server -WWW -tls1_2 -client_renegotiation
  capture "$OUT/$NAME.pcap"
  { sleep 0.3; echo R; sleep 0.3; printf 'GET /page.txt HTTP/1.0\r\n\r\n'; sleep 1.5; } | in_client timeout 20 openssl s_client \
    -connect 10.1.0.2:443 -servername $HOST -CAfile "$WORK/root.crt" -tls1_2 >"$WORK/client.log" 2>&1 || CLIENT_FAILED=yes
  grep -q RENEGOTIATING "$WORK/client.log" || die "$NAME: no renegotiation"
  worked
  finish
  readme "$OUT/$NAME.pcap" "\`openssl s_client\` with the command R; \`openssl s_server -client_renegotiation\`" openssl \
    "TLS 1.2: the client renegotiates within the connection." <<-'E'
	What to see: after the first handshake a second one in encrypted handshake records, both ways, with encrypted
	ChangeCipherSpec; its messages cannot be read and must not be guessed.
	E
}

rec_offload_big_tcp() {
  local ns try
  OFFLOAD=on
  FILTER='tcp or (ip6[6] = 0 and ip6[40] = 6)' # the large packets have a hop-by-hop header before TCP
  for try in $(seq 10); do # whether the kernel builds so large a segment depends on the timing
    network
    for ns in "$C" "$S"; do ip -n "$ns" link set eth0 gso_max_size 180000 gro_max_size 180000; done
    serve 443 openssl s_server -accept 443 -cert "$WORK/ecdsa.crt" -key "$WORK/ecdsa.key" -cert_chain "$WORK/intermediate.crt" -WWW -tls1_3
    capture "$OUT/$NAME.pcap"
    get /bulk.txt --limit-rate 600k --resolve "$HOST:443:[fd00:1::2]"
    worked
    finish
    [ -z "$(tshark -nr "$OUT/$NAME.pcap" -Y 'ipv6.plen == 0' 2>/dev/null)" ] || break
  done
  FACTS=--brief
  readme "$OUT/$NAME.pcap" "\`curl --limit-rate 600k\`; \`openssl s_server -WWW\`; \`ip link set eth0 gso_max_size 180000 gro_max_size 180000\`" "curl openssl iproute2" \
    "A download over IPv6 with BIG TCP: a segment above 65,535 bytes in one packet of length 0." <<-E
	What to see: the length field of the IPv6 header is 0; a hop-by-hop header with the jumbo payload option holds the real
	length. tcpdump keeps the first 65,562 bytes of the frame only, so a part of the stream is missing, though no packet is.

	Such frames (number, length, kept, IPv6 length, jumbo length, TCP data): $(tshark -nr "$OUT/$NAME.pcap" -Y 'ipv6.plen == 0' -T fields -E separator=' ' \
      -e frame.number -e frame.len -e frame.cap_len -e ipv6.plen -e ipv6.opt.jumbo -e tcp.len 2>/dev/null | paste -sd ';').
	E
}

rec_any_interface() {
  local i
  network relay
  walk_server -tls1_2
  rm -f "$WORK/relay.log"
  ip netns exec "$R" $PY "$HERE/relay.py" client server 5 pass >"$WORK/relay.log" 2>&1 &
  PIDS+=($!)
  for i in $(seq 100); do grep -qs ready "$WORK/relay.log" && break; sleep 0.05; done
  INTERFACE=any
  capture "$OUT/$NAME.pcap" "$R"
  s_client -tls1_2
  worked
  finish
  readme "$OUT/$NAME.pcap" "\`openssl s_client\`; \`openssl s_server\`; \`tcpdump -i any\` on a bridge (\`samples/relay.py\`, 5 ms each way) between them" "openssl python3" \
    "Recorded with tcpdump -i any on a machine that passes the packets on: link type LINUX_SLL2, every packet twice." <<-'E'
	What to see: each packet is there once as it comes in on one interface and once, 5 ms later, as it goes out on the
	other. The second copies are not retransmissions: same IP id, other interface.
	E
}

rec_vxlan() {
  network
  local v
  for v in "$C 1 2" "$S 2 1"; do
    set -- $v
    ip -n "$1" link add vx0 type vxlan id 42 local "10.1.0.$2" remote "10.1.0.$3" dstport 4789 dev eth0
    ip -n "$1" link set vx0 address "02:00:0a:02:00:0$2"
    ip netns exec "$1" sysctl -qw net.ipv6.conf.vx0.disable_ipv6=1
    no_offload "$1" vx0
    ip -n "$1" addr add "10.2.0.$2/24" dev vx0
    ip -n "$1" link set vx0 up
    ip -n "$1" neigh add "10.2.0.$3" lladdr "02:00:0a:02:00:0$3" dev vx0 nud permanent
  done
  walk_server -tls1_2
  FILTER='udp port 4789'
  capture "$OUT/$NAME.pcap"
  TARGET=10.2.0.2:443
  s_client -tls1_2
  worked
  finish
  readme "$OUT/$NAME.pcap" "\`openssl s_client\`; \`openssl s_server\`; the kernel's VXLAN device with id 42" openssl \
    "The walk inside VXLAN." <<-'E'
	What to see: UDP port 4789, VNI 42, in it Ethernet, IPv4 and TCP between 10.2.0.1 and 10.2.0.2. The MSS is 1,410.
	E
}

rec_midway() {
  network
  s_server -rev -tls1_2
  { echo one; sleep 1; echo two; sleep 0.3; echo three; sleep 0.3; } | in_client timeout 20 openssl s_client -connect 10.1.0.2:443 \
    -servername $HOST -CAfile "$WORK/root.crt" -tls1_2 -quiet -no_ign_eof >"$WORK/first.log" 2>&1 &
  local first=$!
  sleep 0.5
  capture "$OUT/$NAME.pcap"
  wait $first || die "$NAME: the first client failed"
  { echo four; sleep 0.3; } | in_client timeout 20 openssl s_client -connect 10.1.0.2:443 \
    -servername $HOST -CAfile "$WORK/root.crt" -tls1_2 -quiet -no_ign_eof >"$WORK/client.log" 2>&1 || CLIENT_FAILED=yes
  worked
  finish
  readme "$OUT/$NAME.pcap" "\`openssl s_client\`, twice; \`openssl s_server -rev\` (sends each line back reversed)" openssl \
    "The recording begins when a connection is already up; a whole one follows." <<-'E'
	What to see: stream 0 has no SYN and no handshake, only application data, close_notify and FIN; version and suite are
	unknown. Stream 1 is a whole TLS 1.2 connection.
	E
}

rec_bulk() {
  network
  serve 443 openssl s_server -accept 443 -cert "$WORK/ecdsa.crt" -key "$WORK/ecdsa.key" -cert_chain "$WORK/intermediate.crt" -WWW -tls1_3
  capture "$OUT/$NAME.pcap"
  get /bulk.txt
  worked
  finish
  readme "$OUT/$NAME.pcap" "\`curl\`; \`openssl s_server -WWW\`" "curl openssl" \
    "A download of 300,000 bytes over TLS 1.3." <<-'E'
	What to see: application data records of up to 16 KB over many segments; the announced MSS is 1,460, the full segments
	are 1,448 bytes, since the timestamp option takes 12.
	E
}

rec_offload() {
  OFFLOAD=on
  network
  serve 443 openssl s_server -accept 443 -cert "$WORK/server.crt" -key "$WORK/server.key" -cert_chain "$WORK/upper.pem" -WWW -tls1_2
  capture "$OUT/$NAME.pcap"
  get /half.txt --tls-max 1.2 --limit-rate 600k
  worked
  finish
  readme "$OUT/$NAME.pcap" "\`curl --tls-max 1.2 --limit-rate 600k\`; \`openssl s_server -WWW\`" "curl openssl" \
    "A download of 200,000 bytes recorded with segmentation offload left on (TSO, GSO, GRO)." <<-'E'
	What to see: segments far above the announced MSS of 1,460, as no network carries them; TCP checksums that are not
	filled in. The number of segments says nothing about the wire here.
	E
}

rec_pcapng() {
  network
  walk_server -tls1_2
  capture "$WORK/nano.pcap" "$C" --time-stamp-precision=nano
  s_client -tls1_2
  worked
  finish
  editcap -F pcapng "$WORK/nano.pcap" "$OUT/$NAME.pcapng"
  readme "$OUT/$NAME.pcapng" "\`openssl s_client\`, \`openssl s_server\`; \`tcpdump --time-stamp-precision=nano\`" "openssl wireshark-common" \
    "The same walk as pcapng with timestamps in nanoseconds." <<-'E'
	**Converted** from tcpdump's nanosecond pcap by `editcap -F pcapng`: one section, one interface, if_tsresol 9, enhanced
	packet blocks.
	E
}

rec_big_endian() {
  network
  walk_server -tls1_2
  capture "$WORK/little.pcap"
  s_client -tls1_2
  worked
  finish
  "$PY" "$HERE/pcaptool.py" big-endian "$WORK/little.pcap" "$OUT/$NAME.pcap"
  readme "$OUT/$NAME.pcap" "\`openssl s_client\`, \`openssl s_server\`" openssl \
    "The same walk as a big-endian pcap file." <<-'E'
	**Rewritten** by `samples/pcaptool.py big-endian`: file header and packet headers in big-endian order, as a big-endian
	machine writes them; the packets are as recorded.
	E
}

rec_snaplen() {
  network
  walk_server -tls1_2
  capture "$OUT/$NAME.pcap" "$C" -s 160
  s_client -tls1_2
  worked
  finish
  readme "$OUT/$NAME.pcap" "\`openssl s_client\`, \`openssl s_server\`; \`tcpdump -s 160\`" openssl \
    "The same walk with a snap length of 160: every packet is cut." <<-'E'
	What to see: captured length 160 against the original length in the packet headers; the start of the messages that begin
	a segment can be read, the rest cannot. Sizes of the segments are known from the IP headers all the same.
	E
}

rec_plain_http() {
  network
  serve 80 $PY -m http.server --bind 10.1.0.2 80
  capture "$OUT/$NAME.pcap"
  in_client curl -sS --noproxy '*' -o /dev/null http://10.1.0.2/page.txt
  finish
  readme "$OUT/$NAME.pcap" "\`curl\`; \`python3 -m http.server\`" "curl python3" \
    "Plain HTTP on port 80: no TLS at all, as a control." <<-'E'
	What to see: one TCP connection, no TLS.
	E
}

rec_starttls_smtp() {
  network
  serve 25 $PY "$HERE/servers.py" smtp "$WORK/chain.pem" "$WORK/server.key"
  capture "$OUT/$NAME.pcap"
  { sleep 0.3; printf 'EHLO client.example.com\n'; sleep 0.2; printf 'QUIT\n'; sleep 0.2; } | in_client timeout 20 openssl s_client \
    -connect 10.1.0.2:25 -starttls smtp -crlf -servername $HOST -CAfile "$WORK/root.crt" -quiet >"$WORK/client.log" 2>&1 || CLIENT_FAILED=yes
  worked
  finish
  readme "$OUT/$NAME.pcap" "\`openssl s_client -starttls smtp\`; \`samples/servers.py smtp\`" "openssl python3" \
    "SMTP on port 25 that upgrades to TLS 1.3 with STARTTLS." <<-'E'
	What to see: greeting, EHLO, STARTTLS and "220" in the clear, then a ClientHello in the same TCP connection.
	E
}

# dtls SERVER_OPTIONS -- CLIENT_OPTIONS: a line from the client to the server over DTLS
dtls() {
  local server=()
  while [ "$1" != -- ]; do server+=("$1"); shift; done
  shift
  network
  FILTER=udp SOCKETS=u FACTS=--datagrams
  s_server "${server[@]}"
  capture "$OUT/$NAME.pcap"
  { sleep 0.5; echo hello; sleep 0.5; } | in_client timeout 20 openssl s_client -connect 10.1.0.2:443 \
    -servername $HOST -CAfile "$WORK/root.crt" "$@" >"$WORK/client.log" 2>&1 || CLIENT_FAILED=yes
  worked
  finish
}

rec_dtls12_fragments() {
  dtls -dtls1_2 -listen -mtu 500 -use_srtp SRTP_AEAD_AES_128_GCM -- -dtls1_2 -use_srtp SRTP_AEAD_AES_128_GCM:SRTP_AES128_CM_SHA1_80
  readme "$OUT/$NAME.pcap" "\`openssl s_client -dtls1_2 -use_srtp\`; \`openssl s_server -dtls1_2 -listen -mtu 500 -use_srtp\`" openssl \
    "DTLS 1.2 with a HelloVerifyRequest and a Certificate in fragments." <<-'E'
	What to see: the first ClientHello comes back as a HelloVerifyRequest with a cookie, which the second one carries; the
	Certificate is a message in several fragments, each in a record and a datagram of its own, since the server keeps
	datagrams below 500 bytes. With use_srtp the client offers two profiles, and the server chooses one.
	E
}

rec_dtls10() {
  dtls -dtls1 -cipher DEFAULT@SECLEVEL=0 -- -dtls1 -cipher DEFAULT@SECLEVEL=0
  readme "$OUT/$NAME.pcap" "\`openssl s_client -dtls1\`, \`openssl s_server -dtls1\`, both with \`DEFAULT@SECLEVEL=0\`" openssl \
    "DTLS 1.0, which nobody should use any more." <<-'E'
	What to see: version 0xfeff in the records and hellos, a CBC suite; the messages are fragmented to the path's MTU, as
	far as OpenSSL knows it.
	E
}

# quic [SERVER_OPTION] -- [CLIENT_OPTION]: a page from the server over QUIC
quic() {
  local option=()
  $PY -c 'import aioquic' 2>/dev/null || die "$NAME needs the package python3-aioquic"
  while [ "$1" != -- ]; do option+=("$1"); shift; done
  shift
  network
  FILTER=udp SOCKETS=u FACTS=--datagrams
  serve 443 $PY "$HERE/quic.py" server 10.1.0.2 443 "$WORK/chain.pem" "$WORK/server.key" "${option[@]}"
  capture "$OUT/$NAME.pcap"
  in_client timeout 20 $PY "$HERE/quic.py" client 10.1.0.2 443 $HOST "$WORK/root.crt" "$@" >"$WORK/client.log" 2>&1 || CLIENT_FAILED=yes
  worked
  grep -q 'quick brown fox' "$WORK/client.log" || die "$NAME: no page"
  finish
}

quic_origin() { printf '`samples/quic.py` (aioquic %s) on both sides%s' "$($PY -c 'import aioquic; print(aioquic.__version__)')" "$1"; }

rec_quic() {
  quic --
  readme "$OUT/$NAME.pcap" "$(quic_origin '')" python3 "QUIC version 1: a full handshake and a page of 6 KB." <<-'E'
	What to see: the ClientHello in an Initial packet filled up to 1,200 bytes, with the transport parameters in it; the
	ServerHello in the server's Initial packet, and behind it Handshake packets with the rest of its flight over several
	datagrams. Whoever sees the packets can make the keys of Initial packets; those of the others nobody can.
	E
}

rec_quic_retry() {
  quic retry --
  readme "$OUT/$NAME.pcap" "$(quic_origin ', the server with `retry`')" python3 "QUIC with a Retry: the server wants to see the client's address confirmed first." <<-'E'
	What to see: the first Initial packet comes back as a Retry with a token, which the second one carries; the keys of Initial
	packets are made anew of the id that the Retry names.
	E
}

rec_quic_version_negotiation() {
  quic -- version2
  readme "$OUT/$NAME.pcap" "$(quic_origin ', the client with `version2`')" python3 "QUIC with a Version Negotiation: the client begins with version 2, the server has version 1 only." <<-'E'
	What to see: an Initial packet of version 2 with other keys and another number for its type; the Version Negotiation;
	the client's next Initial packet, of version 1.
	E
}

# ---- main ------------------------------------------------------------------------------------------------------

main() {
  local tool
  case "${1:-}" in
    -h | --help) sed -n '2,/^set/p' "$0" | grep '^#' | cut -c3-; exit ;;
    -l) printf '%s\n' $ALL; exit ;;
  esac
  [ "$(id -u)" = 0 ] || die "needs root (network namespaces)"
  for tool in ip ss ethtool tcpdump tshark editcap openssl gnutls-cli gnutls-serv curl node $PY; do
    command -v $tool >/dev/null || die "no $tool; see the packages at the top of this script"
  done
  WORK=$(mktemp -d)
  trap cleanup EXIT
  mkfifo "$WORK/input"
  exec 9<>"$WORK/input"
  mkdir "$WORK/www"
  certificates
  yes 'The quick brown fox jumps over the lazy dog.' | head -c 6000 >"$WORK/www/page.txt" || true
  yes 'The quick brown fox jumps over the lazy dog.' | head -c 300000 >"$WORK/www/bulk.txt" || true
  yes 'The quick brown fox jumps over the lazy dog.' | head -c 200000 >"$WORK/www/half.txt" || true
  LOST_DONE=no
  [ $# -gt 0 ] || set -- $ALL
  for NAME in "$@"; do
    declare -F "rec_${NAME//-/_}" >/dev/null || die "no sample $NAME (record.sh -l lists them)"
    echo "$NAME"
    OUT=$HERE/$NAME TIMESTAMPS=1 OFFLOAD=off CLIENT_FAILED=no TARGET= INTERFACE=eth0 FILTER=tcp SOCKETS=t FACTS=
    mkdir -p "$OUT"
    "rec_${NAME//-/_}"
  done
  index
}

main "$@"
