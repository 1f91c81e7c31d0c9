import Access
import Application
import Gateway
import HTTPTypes
import Hummingbird
import JobEngine
import OpenAPI
import Series
import Values

/// `/series`: figures of the node that is asked, over time; answered from what it keeps, without asking anybody.
struct SeriesResource: Resource {
    let services: GatewayServices

    init(_ services: GatewayServices) {
        self.services = services
    }

    var routes: [Route] {
        [
            Route(
                .get, "/series", id: "listSeries", summary: "List the figures of this node that are kept over time",
                handler: list
            )
            .with(reading)
            .with {
                $0.query = [
                    QueryParameter("object", .text, text: "Only those of this object, as in db:SALES.", repeats: true)
                ]
            }
            .answers("health", "SeriesList") {
                $0.schemas = Self.schemas
                $0.detail = Self.detail
            },
            Route(.get, "/series/{series_id}", id: "getSeries", summary: "Get a figure over time", handler: get)
                .with(reading)
                .with { $0.query = Self.span }
                .answers("health", "SeriesPoints") {
                    $0.schemas = Self.schemas
                    $0.pathTexts = ["series_id": "The id of a series, as in node:11:cpu_ratio."]
                    $0.detail = Self.detail
                },
        ]
    }

    private func reading(_ route: inout Route) {
        (route.access, route.locality) = (.administrators, .anyNode)
    }

    private static let detail =
        "Every node tells its own figures: others are asked at their addresses, which `GET /cluster` tells. Minutes are kept for two "
        + "days, quarters of an hour for 31. What was not measured is left out, and never zero."

    private static let span = [
        QueryParameter("from", .time, text: "Where the span begins; a day before its end if left out."),
        QueryParameter("to", .time, text: "Where it ends; now if left out."),
        QueryParameter(
            "step", .seconds,
            text: "Seconds of a point, whole minutes; as fine as at most 500 points allow if left out."),
    ]

    private func list(_ call: Call) async throws -> Response {
        let objects = Set(call.query.all("object"))
        let extents = services.series.extents.filter { objects.isEmpty || objects.contains($0.id.object) }
        return Reply.json(["node": .int(services.series.node), "items": .list(extents.map(\.value))])
    }

    private func get(_ call: Call) async throws -> Response {
        let span = try span(call)
        let name = call.path("series_id")
        guard let id = SeriesID(name), let points = services.series.points(of: id, span) else {
            throw Problem(JobError(.objectMissing, "There is no series '\(name.echoed)' on this node."))
        }
        return Reply.json(points.value(on: services.series.node))
    }

    private func span(_ call: Call) throws(Problem) -> SeriesSpan {
        let to = call.query.time("to") ?? Timestamp(milliseconds: Int(services.time.now))
        let from = call.query.time("from") ?? Timestamp(milliseconds: to.milliseconds - 86_400_000)
        guard from < to else { throw .badSpan("from", "'from': give a time before 'to'.") }
        let finest = services.series.finestStep(from: from)
        let good = SeriesSpan.step(from: from, to: to, atLeast: finest)
        let asked = call.query.seconds("step")
        if let asked, asked % 60 != 0 || asked < finest * 60 {
            throw .badSpan("step", "'step': give whole minutes, at least \(finest * 60) s for this span.")
        }
        guard let span = SeriesSpan(from: from, to: to, step: asked.map { $0 / 60 } ?? good) else {
            throw .badSpan(
                "step", "'step': give at least \(good * 60) s here; there are \(SeriesSpan.most) points at most.")
        }
        return span
    }
}

extension Problem {
    /// A span that cannot be told.
    static func badSpan(_ parameter: String, _ text: String) -> Problem {
        Problem(.queryInvalid, text, faults: [.init(.parameter(parameter), "parameter-invalid", detail: text)])
    }
}

extension SeriesBook.Extent {
    fileprivate var value: Value {
        [
            "id": .string(id.description), "object": .string(id.object), "figure": .string(id.figure.rawValue),
            "unit": .string(id.figure.unit.rawValue), "first_at": .string(first.description),
            "last_at": .string(last.description),
        ]
    }
}

extension SeriesPoints {
    fileprivate func value(on node: Int) -> Value {
        let points = mean.indices.compactMap { index -> Value? in
            guard let low = least[index], let middle = mean[index], let high = most[index] else { return nil }
            return [.int(index), .double(low), .double(middle), .double(high)]
        }
        return [
            "id": .string(id.description), "object": .string(id.object), "figure": .string(id.figure.rawValue),
            "unit": .string(id.figure.unit.rawValue), "node": .int(node), "from": .string(span.from.description),
            "to": .string(span.to.description), "step_s": .int(span.step * 60), "points": .list(points),
        ]
    }
}

extension SeriesResource {
    private static let names: [String: Value] = [
        "id": Schema.text("Names the series: its object and its figure."),
        "object": Schema.text("What it is about, as in db:SALES or node:11."),
        "figure": Schema.openWord(SeriesFigure.allCases.map(\.rawValue), "What is measured."),
        "unit": Schema.openWord(
            SeriesFigure.Unit.allCases.map(\.rawValue), "In what: ratio is from 0 to 1, bytes_per_s bytes in a second."),
    ]

    static let schemas: [String: Value] = [
        "SeriesList": Schema.reply(
            "The series a node keeps, by id.", needs: ["node", "items"],
            [
                "node": Schema.int("The node whose they are.", from: 0),
                "items": Schema.list(Schema.ref("Series"), "Those of which something is known."),
            ],
            example: ["node": 11, "items": [item]]),
        "Series": Schema.reply(
            "A figure that is kept over time.", needs: ["id", "object", "figure", "unit", "first_at", "last_at"],
            names.merging([
                "first_at": Schema.time("The first moment something is known of."),
                "last_at": Schema.time("The last one."),
            ]) { first, _ in first }, example: item),
        "SeriesPoints": Schema.reply(
            "A figure over time, in equal steps.",
            needs: ["id", "object", "figure", "unit", "node", "from", "to", "step_s", "points"],
            names.merging([
                "node": Schema.int("The node whose it is.", from: 0),
                "from": Schema.time("Where the first step begins: the minute that was asked for."),
                "to": Schema.time("Where the last one ends."),
                "step_s": Schema.int("Seconds of a step.", from: 60),
                "points": Schema.list(
                    Schema.list(
                        ["type": "number"],
                        "The number of the step, which begins at 'from' plus that many times 'step_s'; the least value, the mean "
                            + "and the greatest.", holds: 4...4),
                    "One for each step something was measured in, in the order of time.", holds: 0...SeriesSpan.most),
            ]) { first, _ in first },
            example: [
                "id": "node:11:cpu_ratio", "object": "node:11", "figure": "cpu_ratio", "unit": "ratio", "node": 11,
                "from": "2026-01-02T03:04:00.000Z", "to": "2026-01-02T04:04:00.000Z", "step_s": 60,
                "points": [[0, 0.25, 0.25, 0.25], [1, 0.5, 0.5, 0.5]],
            ]),
    ]

    private static let item: Value = [
        "id": "node:11:cpu_ratio", "object": "node:11", "figure": "cpu_ratio", "unit": "ratio",
        "first_at": "2026-01-01T03:04:00.000Z", "last_at": "2026-01-02T03:04:00.000Z",
    ]
}
