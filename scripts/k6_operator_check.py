"""Validates manifests by the schema of a custom resource: k6_operator_check.py <crd.yaml> <manifest.yaml>…"""

import pathlib
import sys

import jsonschema
import yaml


def strict(schema):
    """The schema with unknown fields refused, as a cluster prunes them."""
    if isinstance(schema, list):
        return [strict(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    schema = {name: strict(value) for name, value in schema.items()}
    if schema.pop("x-kubernetes-int-or-string", False):
        return {"type": ["integer", "string"]}
    if isinstance(schema.get("properties"), dict) and "additionalProperties" not in schema:
        schema["additionalProperties"] = schema.get("x-kubernetes-preserve-unknown-fields", False)
    return schema


def main(crd_file, *manifests):
    crd = yaml.safe_load(pathlib.Path(crd_file).read_text())
    versions = {f"{crd['spec']['group']}/{one['name']}": one for one in crd["spec"]["versions"]}
    wrong = 0
    for file in manifests:
        for manifest in yaml.safe_load_all(pathlib.Path(file).read_text()):
            version = versions.get(manifest.get("apiVersion"))
            if version is None or manifest.get("kind") != crd["spec"]["names"]["kind"]:
                print(f"{file}: {manifest.get('apiVersion')} {manifest.get('kind')} is not described")
                wrong += 1
                continue
            validator = jsonschema.Draft7Validator(strict(version["schema"]["openAPIV3Schema"]))
            for error in validator.iter_errors(manifest):
                print(f"{file}: {'.'.join(map(str, error.absolute_path))}: {error.message[:300]}")
                wrong += 1
    print(f"{len(manifests)} manifests, {wrong} errors")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
