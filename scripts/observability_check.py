"""Which queries of dashboards and rules have no data: observability_check.py <Prometheus> [--without <job>]…"""

import argparse
import json
import pathlib
import re
import sys
import urllib.parse
import urllib.request

import yaml

HERE = pathlib.Path("observability")
# What is only there after something rare: no series before is no mistake. Everything else must have data.
RARE = {
    r'status=~?"(4xx\|)?5xx"': "nothing answered 5xx",
    r'outcome=~?"(failed|unknown|away\|.*)"': "nothing ended so",
    r'reason="bulkhead"': "Redis always had a majority",
    r'priority="inside"': "gates are off (ADAPTIVE_LIMIT)",
    r'limit="concurrency"': "the bound of all requests was not met",
    r"^ALERTS": "no alert fired",
    r"^onsale_(accept_failures|connections_refused|log_lines_dropped|redis_master_lost|batch_failed|live_resyncs)_total": "nothing was lost or refused",
    r"^onsale_(consumer_dead_letters|consumer_failures|relay_errors)_total": "nothing failed on the bus",
    r"^onsale_(payment_mismatches|payment_late_captures|payment_reconciled|stray_payments)_total": "all money came in time",
    r"^onsale_(refunds_failed|refunds_reversed|orders_given_up|orders_called_off)_total": "no order went so",
    r"^onsale_(auth_refresh_reused|auth_hashing_refused|gateway_limited|gate_refused)_total": "nobody was refused so",
    r"^onsale_(search_degraded|search_index_rejected|tls_handshakes|sandbox_webhooks|http_requests_cancelled)_total": "it did not happen",
    r"^onsale_(webhook_seconds|mails)": "no mail server and no webhooks",
    r"^onsale_search_(engine_seconds|index_behind_seconds)": "search runs on PostgreSQL",
    r"^onsale_tls_certificate_expires_seconds": "no gateway speaks TLS itself",
    r"^onsale_holds_expired_total": "no hold ended by time",
}
WORDS = set("and or unless by without on ignoring group_left group_right offset bool".split())
LABELS = set("by without on ignoring group_left group_right".split())


def selectors(query):
    """The metrics of a query, each with its matchers."""
    found, rest, labels_follow = [], query, False
    while rest := rest.lstrip():
        if word := re.match(r"[a-zA-Z_:][a-zA-Z0-9_:]*", rest):
            rest = rest[word.end() :].lstrip()
            if word[0] in WORDS:
                labels_follow = word[0] in LABELS
                continue
            labels_follow = False
            if re.match(r"\(|(by|without)\b", rest):
                continue  # a function
            matchers = re.match(r'\{(?:[^"}]|"[^"]*")*\}', rest)
            found.append(word[0] + (matchers[0] if matchers else ""))
            rest = rest[matchers.end() :] if matchers else rest
        elif labels_follow and rest.startswith("("):
            rest, labels_follow = rest.split(")", 1)[1], False
        else:
            rest = rest[re.match(r'[0-9][0-9a-zA-Z.]*|"[^"]*"|.', rest, re.S).end() :]
    return found


def queries():
    """Every query: where it is, its kind, and itself."""
    for name in ("rules.yml", "alerts.yml"):
        for group in yaml.safe_load((HERE / "prometheus" / name).read_text())["groups"]:
            for rule in group["rules"]:
                kind = "alert" if "alert" in rule else "record"
                yield rule[kind], kind, rule["expr"]
    for file in sorted((HERE / "grafana/dashboards").glob("*.json")):
        dashboard = json.loads(file.read_text())
        for panel in dashboard["panels"]:
            for target in panel.get("targets", []):
                yield f"{dashboard['title']}: {panel['title']}", "panel", target["expr"].replace("$role", ".+")


class Prometheus:
    def __init__(self, address, seen):
        self.address, self.seen = address.rstrip("/"), seen

    def get(self, path, **parameters):
        url = f"{self.address}/api/v1/{path}?{urllib.parse.urlencode(parameters)}"
        try:
            with urllib.request.urlopen(url, timeout=30) as answer:
                return json.load(answer)["data"]
        except urllib.error.HTTPError as error:
            sys.exit(f"{path}: {json.load(error).get('error', error)}: {parameters}")
        except OSError as error:
            sys.exit(f"{self.address} does not answer: {error}")

    def has(self, query):
        """Whether the query has a value, not NaN, now or within the last seconds."""
        now = float(self.get("query", query="time()")["result"][1])
        series = self.get("query_range", query=query, start=now - self.seen, end=now, step=15)["result"]
        return any(value != "NaN" for one in series for _, value in one["values"])

    def has_metric(self, selector):
        return bool(self.get("query", query=f"last_over_time({selector}[{self.seen}s])")["result"])


def exporters():
    lines = (HERE / "prometheus/exporters.txt").read_text().splitlines()
    pairs = (line.split(": ", 1) for line in lines if not line.startswith("#"))
    return {metric: job for job, metrics in pairs for metric in metrics.split()}


def rare(selector):
    return next((why for pattern, why in RARE.items() if re.search(pattern, selector)), None)


def main():
    options = argparse.ArgumentParser()
    options.add_argument("prometheus")
    options.add_argument("--without", action="append", default=[])
    options.add_argument("--seen", type=int, default=300)
    options = options.parse_args()
    prometheus, jobs = Prometheus(options.prometheus, options.seen), exporters()
    counts = {"with data": 0, "left out": 0, "rare": 0, "without data": 0}

    def tell(outcome, kind, place, why):
        counts[outcome] += 1
        if why:
            print(f"{outcome}: {kind} {place}: {why}")

    for place, kind, query in queries():
        asked = selectors(query)
        without = sorted({jobs[name] for one in asked if (name := one.split("{")[0]) in jobs} & set(options.without))
        if without:
            tell("left out", kind, place, f"--without {' '.join(without)}")
            continue
        # An alert has data when it fires: what counts is that everything it looks at is there.
        if kind != "alert" and prometheus.has(query):
            tell("with data", kind, place, None)
            continue
        prometheus.get("query", query=query)
        missing = [one for one in dict.fromkeys(asked) if not prometheus.has_metric(one)]
        reasons = [rare(one) for one in missing]
        if not missing and kind == "alert":
            tell("with data", kind, place, None)
        elif not missing:
            tell("without data", kind, place, f"all its metrics are there, yet it gives nothing: {query}")
        elif all(reasons):
            tell("rare", kind, place, "; ".join(dict.fromkeys(reasons)))
        else:
            tell("without data", kind, place, ", ".join(one for one in missing if not rare(one)))
    loaded = [rule for group in prometheus.get("rules")["groups"] for rule in group["rules"]]
    ill = [rule for rule in loaded if rule["health"] == "err"]
    for rule in ill:
        print(f"ill: {rule['name']}: {rule.get('lastError')}")
    written = sum(1 for _, kind, _ in queries() if kind != "panel")
    if len(loaded) < written:
        print(f"this Prometheus has loaded {len(loaded)} rules, there are {written}")
    print(", ".join(f"{count} {outcome}" for outcome, count in counts.items()))
    return 1 if counts["without data"] or ill or len(loaded) < written else 0


if __name__ == "__main__":
    sys.exit(main())
