"""Compares what kcat tells of topics (standard input) and messages (a file, a line each) with what API.md promises."""

import json
import re
import sys
from collections import Counter, defaultdict

TOPICS = """reservation-created reservation-changed reservation-released reservation-expired ticket-created
ticket-confirmed ticket-cancelled payment-initiated payment-completed payment-failed payment-refunded event-published
event-updated event-cancelled inventory-ready notification-requested user-created""".split()
PARTITIONS, REPLICAS = 8, 3
REQUIRED = ["id", "source", "specversion", "type", "subject", "time", "datacontenttype", "data"]
RFC3339 = re.compile(r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$")


def topic_faults(metadata):
    """Topics that are missing, too narrow, or not on three brokers."""
    found = {topic["topic"]: topic["partitions"] for topic in metadata["topics"]}
    for name in TOPICS + [f"{topic}.dlq" for topic in TOPICS]:
        partitions = found.get(name)
        wanted = 1 if name.endswith(".dlq") else PARTITIONS
        if partitions is None:
            yield f"there is no topic {name}"
        elif len(partitions) != wanted:
            yield f"{name} has {len(partitions)} partitions, not {wanted}"
        elif any(len(partition["replicas"]) != REPLICAS for partition in partitions):
            yield f"{name} is not on {REPLICAS} brokers"


def message_faults(message):
    """What is wrong with one message."""
    event = json.loads(message["payload"])
    yield from (f"has no {name}" for name in REQUIRED if name not in event)
    if event.get("specversion") != "1.0" or event.get("type") != message["topic"]:
        yield f"says {event.get('specversion')}, {event.get('type')}"
    if message["key"] != event.get("subject"):
        yield f"has the key {message['key']} and the subject {event.get('subject')}"
    if not re.fullmatch(r"\d{20}", event.get("sequence", "")):
        yield f"has the sequence {event.get('sequence')}"
    if not RFC3339.match(event.get("time", "")):
        yield f"has the time {event.get('time')}"
    if "traceparent" in event and not re.fullmatch(r"00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}", event["traceparent"]):
        yield f"has the traceparent {event['traceparent']}"


def main():
    faults = list(topic_faults(json.load(sys.stdin)))
    counts, ids, partitions = Counter(), Counter(), defaultdict(set)
    with open(sys.argv[1], encoding="utf-8") as lines:
        for line in lines:
            message = json.loads(line)
            where = f"{message['topic']}/{message['partition']}@{message['offset']}"
            faults += [f"{where} {fault}" for fault in message_faults(message)]
            counts[message["topic"]] += 1
            ids[json.loads(message["payload"])["id"]] += 1
            partitions[message["topic"], message["key"]].add(message["partition"])
    faults += [f"{key} of {topic} is in {len(at)} partitions" for (topic, key), at in partitions.items() if len(at) > 1]
    if not counts:
        faults.append("there are no messages: buy something first")
    for fault in faults:
        print(f"FAULT  {fault}")
    told = ", ".join(f"{topic} {count}" for topic, count in sorted(counts.items()))
    again = sum(count - 1 for count in ids.values())
    print(f"{sum(counts.values())} messages ({told}), {again} sent again; {len(faults)} faults")
    sys.exit(1 if faults else 0)


main()
