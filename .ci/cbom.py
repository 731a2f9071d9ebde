"""Holds a bill of materials against the schema of CycloneDX 1.6, strictly: what the schema does not know is wrong.

    cbom.py CBOM.JSON
"""
import json, sys

from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator

text = open(sys.argv[1], encoding="utf-8").read()
error = JsonStrictValidator(SchemaVersion.V1_6).validate_str(text)
assert error is None, error
components = json.loads(text)["components"]
kinds = [component["cryptoProperties"]["assetType"] for component in components]
assert set(kinds) == {"algorithm", "certificate", "protocol", "related-crypto-material"}, set(kinds)
print(f"CycloneDX 1.6: {len(components)} components:", ", ".join(f"{kinds.count(kind)} {kind}" for kind in sorted(set(kinds))))
