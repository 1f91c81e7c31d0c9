import Access
import Application
import Gateway
import HTTPTypes
import Hummingbird
import JobEngine
import OpenAPI
import Values

/// `/history/buckets`: the history of a span counted in equal parts, as pictures need it.
struct HistoryBucketsResource: Resource {
    let services: GatewayServices

    init(_ services: GatewayServices) {
        self.services = services
    }

    var routes: [Route] {
        [
            Route(
                .get, "/history/buckets", id: "getHistoryBuckets",
                summary: "Count what happened, in equal parts of a span",
                handler: get
            ).with {
                $0.locality = .freshRead
                $0.query = Self.parameters
            }.answers("history", "HistoryBuckets") {
                $0.schemas = Self.schemas
                $0.detail =
                    "Administrators are told of everything, others of their own jobs. A job counts when it was asked for. Of audit "
                    + "logs, and of starts of the daemon, those of the node that answers are counted; jobs in the archive are not "
                    + "('archived'). Of a very busy span the newest jobs and records are counted alone, from 'counted_from' on."
            }
        ]
    }

    private static let parameters = [
        QueryParameter("from", .time, text: "Where the span begins; a day before its end if left out."),
        QueryParameter("to", .time, text: "Where it ends; now if left out."),
        QueryParameter(
            "step", .seconds,
            text: "Seconds of a bucket; there are at most 500 of them, and not more than 200 if left out."),
        QueryParameter(
            "by", .form(.members(["kind", "outcome"])),
            text: "What is counted apart: kind adds 'kinds' to each bucket, outcome 'outcomes'; both if left out.",
            repeats: true),
    ]

    private func get(_ call: Call) async throws -> Response {
        let to = call.query.time("to") ?? Timestamp(milliseconds: Int(services.time.now))
        let from = call.query.time("from") ?? Timestamp(milliseconds: to.milliseconds - 86_400_000)
        guard from < to else { throw Problem.badSpan("from", "'from': give a time before 'to'.") }
        let good = TallySpan.step(from: from, to: to)
        guard let span = TallySpan(from: from, to: to, step: call.query.seconds("step") ?? good) else {
            throw Problem.badSpan(
                "step",
                "'step': give a number of seconds by which the span has at most \(TallySpan.most) buckets, such as \(good)s."
            )
        }
        let by = Set(call.query.all("by").flatMap(QueryParameter.Form.words))
        let buckets = try await services.history.buckets(
            span, for: try call.caller, beginnings: services.series.beginnings)
        return Reply.json(
            buckets.value(by: by.isEmpty ? ["kind", "outcome"] : by, on: services.cluster.status.ownNode))
    }
}

extension HistoryBuckets {
    fileprivate func value(by words: Set<String>, on node: Int) -> Value {
        let items = jobs.parts.enumerated().map { index, part -> Value in
            let failed = [Outcome.failed, .timedOut, .lost].map { part.outcomes[$0] ?? 0 }.reduce(0, +)
            var all = kinds[index]
            if part.count > 0 { all["job"] = part.count }
            let outcomes = part.outcomes.map { ($0.key.rawValue, Value.int($0.value)) }
            return .members([
                "at": .string(span.begin(of: index).description), "jobs": .int(part.count), "failed": .int(failed),
                "open": .int(part.open), "queue_depth": .int(part.depth), "duration_p50_s": part.half.map(Value.double),
                "duration_p95_s": part.most.map(Value.double),
                "outcomes": words.contains("outcome") ? .map(Dictionary(uniqueKeysWithValues: outcomes)) : nil,
                "kinds": words.contains("kind") ? .map(all.mapValues(Value.int)) : nil,
            ])
        }
        let told = marks.map { mark -> Value in
            ["at": .string(mark.at.description), "kind": .string(mark.kind), "text": .string(mark.text)]
        }
        return .members([
            "from": .string(span.from.description), "to": .string(span.to.description), "step_s": .int(span.step),
            "node": .int(node), "items": .list(items), "marks": .list(told),
            "counted_from": countedFrom.map { .string($0.description) }, "archived": .bool(jobs.hasArchived),
        ])
    }
}

extension HistoryBucketsResource {
    static let schemas: [String: Value] = [
        "HistoryBuckets": Schema.reply(
            "What happened in a span, counted.",
            needs: ["from", "to", "step_s", "node", "items", "marks", "archived"],
            [
                "from": Schema.time("Where the span begins, as it was asked for."),
                "to": Schema.time("Where it ends; what is at this moment is not in it."),
                "step_s": Schema.int("Seconds of a bucket; the last one may be shorter.", from: 1),
                "node": Schema.int("The node whose audit log and starts are counted.", from: 0),
                "items": Schema.list(
                    Schema.ref("HistoryBucket"), "All of the span, in the order of time.", holds: 1...TallySpan.most),
                "marks": Schema.list(
                    Schema.ref("HistoryMark"), "What is told one by one, in the order of time; the newest of each kind."
                ),
                "counted_from": Schema.time(
                    "What is before this moment was too much to be counted; absent when it was not."),
                "archived": Schema.truth("Whether jobs of about that time went to the archive: they are not counted."),
            ],
            example: [
                "from": "2026-01-02T03:00:00.000Z", "to": "2026-01-02T04:00:00.000Z", "step_s": 3600, "node": 11,
                "items": [bucket], "marks": [mark], "archived": false,
            ]),
        "HistoryBucket": Schema.reply(
            "A part of a span.", needs: ["at", "jobs", "failed", "open", "queue_depth"],
            [
                "at": Schema.time("Where it begins."), "jobs": Schema.int("Jobs that were asked for in it.", from: 0),
                "failed": Schema.int("How many of them failed, ran out of time or were lost.", from: 0),
                "open": Schema.int("How many of them have not ended.", from: 0),
                "queue_depth": Schema.int("How many jobs waited at once at most.", from: 0),
                "duration_p50_s": [
                    "type": "number", "description": "From submission to end, which half of them did not exceed.",
                ],
                "duration_p95_s": ["type": "number", "description": "The same for 95 of a hundred."],
                "outcomes": Schema.map("How many of them ended how.", of: Schema.int("How many.", from: 0)),
                "kinds": Schema.map(
                    "How many entries of each kind there are: job, revision, login, refusal and others of the history.",
                    of: Schema.int("How many.", from: 0)),
            ], example: bucket),
        "HistoryMark": Schema.reply(
            "Something that stands out.", needs: ["at", "kind", "text"],
            [
                "at": Schema.time("When."), "kind": Schema.openWord(HistoryBuckets.markKinds, "What kind it is of."),
                "text": Schema.text("What it was."),
            ], example: mark),
    ]

    private static let bucket: Value = [
        "at": "2026-01-02T03:00:00.000Z", "jobs": 12, "failed": 1, "open": 0, "queue_depth": 3, "duration_p50_s": 0.25,
        "duration_p95_s": 4.5, "outcomes": ["ok": 11, "failed": 1], "kinds": ["job": 12, "revision": 2, "login": 4],
    ]
    private static let mark: Value = [
        "at": "2026-01-02T03:04:05.678Z", "kind": "revision", "text": "Revision 12 by admin.",
    ]
}
