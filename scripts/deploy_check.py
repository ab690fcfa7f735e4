"""What scripts/deploy-check reads of manifests: names of settings, queries of dashboards, and who describes what."""

import json
import pathlib
import re
import sys

import yaml

# Of the process or its libraries, not of ours (docs/operations.md has the rest).
NOT_OURS = {"MIMALLOC_ALLOW_THP"}


def containers(path):
    """The containers of ours in a file, each with the names that it is given."""
    for document in yaml.safe_load_all(pathlib.Path(path).read_text()):
        if not document:
            continue
        for name, service in (document.get("services") or {}).items():
            if str(service.get("image", "")).startswith("onsale:"):
                yield name, list(service.get("environment") or {})
        pod = document.get("spec", {}).get("template", {}).get("spec", {}) if document.get("kind") else {}
        for one in pod.get("containers", []):
            if one["name"] == "onsale":
                yield document["metadata"]["name"], [env["name"] for env in one.get("env", [])]


def names(operations, *files):
    """Every setting that a container of ours is given is one that docs/operations.md lists."""
    rows = re.findall(r"^\| `([A-Z][A-Z0-9_<>]*)`", pathlib.Path(operations).read_text(), re.M)
    known = [re.compile(row.replace("<ROLE>", "(GATEWAY|AUTH|BOOKING|PAYMENT|SEARCH|ADMIN|NOTIFICATION|SANDBOX)") + "(_FILE)?") for row in rows]
    wrong, looked_at = 0, 0
    for file in files:
        for container, given in containers(file):
            looked_at += len(given)
            for name in given:
                if name not in NOT_OURS and not any(pattern.fullmatch(name) for pattern in known):
                    print(f"{file}: {container} is given {name}, which {operations} does not list")
                    wrong += 1
    print(f"{looked_at} settings of {len(files)} files, {wrong} unknown")
    return 1 if wrong or looked_at < 100 else 0


def queries():
    """All queries of the dashboards as rules, for promtool to parse."""
    rules = []
    for file in sorted(pathlib.Path("observability/grafana/dashboards").glob("*.json")):
        for panel in json.loads(file.read_text())["panels"]:
            for target in panel.get("targets", []):
                rules.append({"record": f"query:{len(rules)}", "expr": target["expr"].replace("$role", ".*")})
    print(yaml.safe_dump({"groups": [{"name": "dashboards", "rules": rules}]}))
    return 0 if len(rules) > 100 else 1


def split(kubernetes, operators, *files):
    """Writes what Kubernetes itself knows into one folder, and what operators brought into another one."""
    counts = {}
    for file in files:
        for number, document in enumerate(yaml.safe_load_all(pathlib.Path(file).read_text())):
            if not document:
                continue
            folder = operators if re.match(r"monitoring\.coreos\.com/|k6\.io/", document["apiVersion"]) else kubernetes
            pathlib.Path(folder).mkdir(exist_ok=True)
            (pathlib.Path(folder) / f"{pathlib.Path(file).stem}-{number}.yaml").write_text(yaml.safe_dump(document))
            counts[document["kind"]] = counts.get(document["kind"], 0) + 1
    print(", ".join(f"{count} {kind}" for kind, count in sorted(counts.items())))
    return 0


if __name__ == "__main__":
    sys.exit({"names": names, "queries": queries, "split": split}[sys.argv[1]](*sys.argv[2:]))
