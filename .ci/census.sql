-- The tables of the census against plain counts over flows.csv and messages.csv. Run after load.sql:
--   cat OUT/load.sql .ci/census.sql | duckdb
-- A table that differs is an error with its name; nothing is printed otherwise.

CREATE TEMP TABLE census_differs (what VARCHAR);

INSERT INTO census_differs SELECT 'versions' FROM (
  SELECT tls_version_code AS code, count(*) AS flows FROM flows WHERE tls_version_code IS NOT NULL GROUP BY 1) AS plain
  FULL JOIN (SELECT code, chosen_flows FROM versions WHERE chosen_flows > 0) AS census USING (code)
  WHERE flows IS DISTINCT FROM chosen_flows;

INSERT INTO census_differs SELECT 'cipher_suites, chosen' FROM (
  SELECT cipher_suite_code AS code, count(*) AS flows, count(DISTINCT (server_ip, server_port)) AS places, min(first_utc) AS first, max(first_utc) AS last
  FROM flows WHERE cipher_suite_code IS NOT NULL GROUP BY 1) AS plain
  FULL JOIN (FROM cipher_suites WHERE chosen_flows > 0) AS census USING (code)
  WHERE (flows, places, first, last) IS DISTINCT FROM (chosen_flows, servers, first_utc, last_utc);

-- GREASE: two equal bytes whose low half is a.
CREATE TEMP MACRO is_grease(hex) AS hex[3:4] = hex[5:6] AND hex[4:4] = 'a';

INSERT INTO census_differs SELECT 'cipher_suites, offered' FROM (
  SELECT code_hex, count(*) AS flows
  FROM (SELECT DISTINCT flow_id, unnest(string_split(suites_offered, ';')) AS code_hex FROM flows WHERE NOT suites_offered_truncated)
  WHERE NOT is_grease(code_hex) GROUP BY 1) AS plain
  FULL JOIN (FROM cipher_suites WHERE offered_flows > 0) AS census USING (code_hex)
  WHERE flows IS DISTINCT FROM offered_flows AND NOT (SELECT bool_or(suites_offered_truncated) FROM flows);

INSERT INTO census_differs SELECT 'servers' FROM (
  SELECT server_ip, server_port, count(*) AS n, count(*) FILTER (outcome = 'completed') AS completed, sum(bytes_client + bytes_server) AS bytes,
    min(flow_id) AS example, min(first_utc) AS first, max(first_utc) AS last FROM flows GROUP BY ALL) AS plain
  FULL JOIN servers AS census USING (server_ip, server_port)
  WHERE (n, plain.completed, plain.bytes, example, first, last)
    IS DISTINCT FROM (census.flows, census.completed, census.bytes, example_flow_id, first_utc, last_utc);

INSERT INTO census_differs SELECT 'clients' FROM (
  SELECT ja4, count(*) AS n, count(DISTINCT client_ip) AS places, min(flow_id) AS example FROM flows WHERE ja4 IS NOT NULL GROUP BY ALL) AS plain
  FULL JOIN clients AS census USING (ja4)
  WHERE (n, places, example) IS DISTINCT FROM (flows, clients, example_flow_id);

INSERT INTO census_differs SELECT 'certificates' FROM (
  SELECT cert_id, count(DISTINCT flow_id) AS n, count(DISTINCT flow_id) FILTER (side = 'client') AS clients FROM flow_certificates GROUP BY ALL) AS plain
  FULL JOIN certificates AS census USING (cert_id)
  WHERE (n, clients) IS DISTINCT FROM (flows, client_flows) AND (SELECT count(*) FROM certificates) < 131072;

INSERT INTO census_differs SELECT 'timeline' FROM (SELECT count(*) AS n FROM flows) AS plain, (SELECT coalesce(sum(flows), 0) AS n FROM timeline) AS census
  WHERE plain.n != census.n;

INSERT INTO census_differs SELECT 'groups' FROM (
  SELECT code_hex, count(*) AS flows
  FROM (SELECT DISTINCT flow_id, unnest(string_split(groups_offered, ';')) AS code_hex FROM flows WHERE NOT groups_offered_truncated)
  WHERE NOT is_grease(code_hex) GROUP BY 1) AS plain
  FULL JOIN (SELECT printf('0x%04x', code) AS code_hex, offered_flows FROM groups WHERE offered_flows > 0) AS census USING (code_hex)
  WHERE flows IS DISTINCT FROM offered_flows AND NOT (SELECT bool_or(groups_offered_truncated) FROM flows);

INSERT INTO census_differs SELECT 'failures' FROM (
  SELECT outcome, last_step, alert_code, alert_from, count(*) AS seen, min(flow_id) AS example
  FROM flows WHERE outcome <> 'completed' GROUP BY ALL) AS plain
  FULL JOIN failures AS census
  ON (plain.outcome, plain.last_step, plain.alert_code, plain.alert_from)
    IS NOT DISTINCT FROM (census.outcome, census.last_step, census.alert_code, census.alert_from)
  WHERE (seen, example) IS DISTINCT FROM (flows, example_flow_id);

INSERT INTO census_differs SELECT 'mss_distribution' FROM (
  SELECT direction, mss_bytes, count(*) AS seen
  FROM (SELECT 'client' AS direction, mss_client_bytes AS mss_bytes FROM flows UNION ALL SELECT 'server', mss_server_bytes FROM flows)
  WHERE mss_bytes IS NOT NULL GROUP BY ALL) AS plain
  FULL JOIN mss_distribution AS census USING (direction, mss_bytes)
  WHERE seen IS DISTINCT FROM flows;

-- Exact columns of all four groups; quantiles within their stated error, of either of the two middle values.
INSERT INTO census_differs
WITH complete AS (
  SELECT messages.*, coalesce(tls_version, '') AS version,
    coalesce((CASE WHEN direction = 'client' THEN mss_server_bytes ELSE mss_client_bytes END)::VARCHAR, '') AS mss,
    (CASE WHEN contains(server_ip, ':') THEN '[' || server_ip || ']' ELSE server_ip END) || ':' || server_port AS server
  FROM messages JOIN flows USING (flow_id)
  WHERE state IN ('seen', 'encrypted', 'decrypted') AND (layer IN ('handshake', 'ccs') OR message = 'encrypted_flight')),
grouped AS (
  SELECT 'message' AS group_by, message AS key, * FROM complete UNION ALL SELECT 'version', version, * FROM complete
  UNION ALL SELECT 'server', server, * FROM complete UNION ALL SELECT 'mss', mss, * FROM complete),
plain AS (
  SELECT group_by, key, message, direction, count(*) AS n, max(bytes) AS most_bytes, min(segments) AS fewest, max(segments) AS most,
    count(*) FILTER (segments = 1) AS one, count(*) FILTER (segments = 3) AS three, count(*) FILTER (segments >= 8) AS eight,
    sum(records) / count(*) AS records, list_sort(list(bytes)) AS sorted
  FROM grouped GROUP BY group_by, key, message, direction)
SELECT 'segmentation' FROM plain
  FULL JOIN (SELECT * REPLACE (coalesce(key, '') AS key) FROM segmentation) AS census USING (group_by, key, message, direction)
  WHERE (n, most_bytes, fewest, most, one, three, eight)
      IS DISTINCT FROM (count, bytes_max, segments_min, segments_max, segments_1, segments_3, segments_8plus)
    OR abs(records - records_mean) > 0.0051
    OR abs(sorted[ceil(n * 0.5)::BIGINT] - bytes_p50) * 256 > bytes_max
    OR abs(sorted[ceil(n * 0.95)::BIGINT] - bytes_p95) * 256 > bytes_max;

CREATE TEMP TABLE census_agrees AS
  SELECT error('the census differs from its flows: ' || string_agg(DISTINCT what, ', ')) AS failure FROM census_differs HAVING count(*) > 0;
