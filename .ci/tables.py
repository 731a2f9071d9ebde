"""Loads the tables of a census as its users do: DuckDB with load.sql, pandas with load.py, the csv module.

    tables.py CENSUS DUCKDB

Asks that all three see the same number of rows in every table, that it is the number in manifest.json, and that DuckDB
has the types of datapackage.json. Tables of several files and those packed by gzip count as one.
"""
import csv, gzip, json, os, subprocess, sys

census, duckdb = sys.argv[1:3]
csv.field_size_limit(1 << 30)
manifest = json.load(open(os.path.join(census, "manifest.json")))
package = json.load(open(os.path.join(census, "datapackage.json")))
rows = {table["name"]: table["rows"] for table in manifest["tables"]}
assert rows and set(rows) == {resource["name"] for resource in package["resources"]}, rows

database = os.path.abspath("census.duckdb")
if os.path.exists(database):
    os.remove(database)
with open(os.path.join(census, "load.sql")) as script:
    subprocess.run([duckdb, "-bail", database], stdin=script, check=True)


def ask(sql):
    out = subprocess.run([duckdb, "-json", database, sql], check=True, capture_output=True, text=True).stdout
    return json.loads(out or "[]")


kinds = {"string": "VARCHAR", "integer": "BIGINT", "number": "DOUBLE", "boolean": "BOOLEAN", "datetime": "TIMESTAMP"}
for resource in package["resources"]:
    name = resource["name"]
    in_duckdb = ask(f'select count(*) as n from "{name}"')[0]["n"]
    in_csv = 0
    for path in resource["path"] if isinstance(resource["path"], list) else [resource["path"]]:
        opened = gzip.open if path.endswith(".gz") else open
        with opened(os.path.join(census, path), "rt", newline="", encoding="utf-8-sig") as file:
            reader = csv.DictReader(file)
            in_csv += sum(1 for row in reader if None not in row and None not in row.values())
            assert reader.fieldnames == [field["name"] for field in resource["schema"]["fields"]], path
    assert in_duckdb == in_csv == rows[name], (name, in_duckdb, in_csv, rows[name])
    columns = {c["column_name"]: c["data_type"] for c in ask(f"select column_name, data_type from duckdb_columns() where table_name = '{name}'")}
    wanted = {field["name"]: kinds[field["type"]] for field in resource["schema"]["fields"]}
    assert columns == wanted, (name, set(columns.items()) ^ set(wanted.items()))

# Parquet files, where there are some, hold the same values in the same order. Their times have a zone, their text no guard.
guarded = 0
has_parquet = os.path.isdir(os.path.join(census, "parquet"))
for resource in package["resources"] if has_parquet else []:
    name, fields = resource["name"], resource["schema"]["fields"]
    file = f"read_parquet('{os.path.abspath(census)}/parquet/{name}.parquet')"
    types = {column["column_name"]: column["column_type"] for column in ask(f"describe from {file}")}
    wanted = {field["name"]: kinds[field["type"]].replace("TIMESTAMP", "TIMESTAMP WITH TIME ZONE") for field in fields}
    assert types == wanted, (name, set(types.items()) ^ set(wanted.items()))
    columns = ", ".join(("epoch_us({0}) as {0}" if field["type"] == "datetime" else "{0}").format(f'"{field["name"]}"') for field in fields)
    ours, theirs = ask(f"select {columns} from {file}"), ask(f'select {columns} from "{name}"')
    assert len(ours) == len(theirs), name
    for row, other in zip(ours, theirs):
        for field in fields:
            one, two = row[field["name"]], other[field["name"]]
            if one != two:
                assert field["type"] == "string" and two == "'" + one, (name, field["name"], one, two)
                guarded += 1
if has_parquet:
    assert guarded == manifest["guarded_cells"], (guarded, manifest["guarded_cells"])
    print(f"Parquet holds what DuckDB loads from CSV, but for the guard of {guarded} cells")

sys.path.insert(0, census)
import load  # noqa: E402

for name in rows:
    frame = load.load(name)
    assert len(frame) == rows[name], (name, len(frame), rows[name])
print(f"{len(rows)} tables, {sum(rows.values())} rows: DuckDB, pandas and the csv module agree with the manifest")
