import Access
import Application
import Gateway
import HTTPTypes
import Hummingbird
import JobEngine
import NIOCore
import Values
import Zlib

/// `/history`: what happened to the cluster, in the order of time: jobs, revisions, logins, locks, changes of the master.
struct HistoryResource: Resource {
    let services: GatewayServices

    init(_ services: GatewayServices) {
        self.services = services
    }

    var routes: [Route] {
        [
            Route(.get, "/history", id: "listHistory", summary: "List what happened, newest first", handler: list)
                .with {
                    $0.locality = .freshRead
                    $0.query = [.limit, .cursor] + Self.filters
                }
                .answers("history", "HistoryPage") {
                    $0.headers = [.link]
                    $0.detail =
                        "Administrators see everything, others their own jobs. Records of audit logs come from all nodes; those "
                        + "that could not be asked within 5 s stand in 'missing'. A page may be shorter than asked for."
                },
            Route(
                .get, "/history/export", id: "exportHistory", summary: "Get the history as one compressed file",
                handler: export
            )
            .with {
                $0.access = .administrators
                $0.locality = .freshRead
                $0.produces = []
                $0.query = Self.filters
            }
            .answersText("history") {
                $0.media = .gzip
                $0.example = "(compressed)"
                $0.detail =
                    "One JSON object a line, newest first, compressed with gzip; the first line describes the file. "
                    + "Nodes whose audit records are not all there have a last line each, of the kind 'missing'."
            },
        ]
    }

    private static let filters: [QueryParameter] = [
        .since, .until,
        QueryParameter(
            "object", .text, text: "Only what is about this object, such as db:DB1 or node:12.", repeats: true),
        QueryParameter("user", .text, text: "Only what this user did.", repeats: true),
        QueryParameter(
            "kind", .choice(HistoryService.kinds), text: "Only entries of this kind.", repeats: true),
    ]

    private func filter(_ call: Call) -> HistoryWalk.Filter {
        var filter = HistoryWalk.Filter()
        filter.since = call.query.time("since")
        filter.until = call.query.time("until")
        filter.objects = Set(call.query.all("object"))
        filter.kinds = Set(call.query.all("kind"))
        filter.users = Set(call.query.all("user"))
        return filter
    }

    private func list(_ call: Call) async throws -> Response {
        let text = ListPage.filterText(call)
        let cursor = try call.query["cursor"].map { (cursor) throws(Problem) in try HistoryCursor(cursor, filter: text)
        }
        var walk = services.history.walk(filter(call), for: try call.caller, below: cursor?.below ?? [:])
        let entries = try await walk.next(call.query.int("limit") ?? 50)
        let next = walk.isOver ? nil : HistoryCursor(below: walk.below, filter: text).text
        return ListPage.response(
            to: call, items: entries.map { HistoryRepresentation(entry: $0).value }, next: next,
            more: ["missing": walk.missingValue])
    }

    /// Writes as it reads: whatever the length of the history, a block of each source is in memory.
    private func export(_ call: Call) async throws -> Response {
        let (filter, caller) = (filter(call), try call.caller)
        let (history, node) = (services.history, services.cluster.status.ownNode)
        let made = Timestamp(milliseconds: Int(services.time.now))
        let title: Value = .members([
            "format": "confd-history", "version": 1, "node": .int(node), "made_at": .string(made.description),
            "since": filter.since.map { .string($0.description) },
            "until": filter.until.map { .string($0.description) },
            "objects": filter.objects.isEmpty ? nil : .strings(filter.objects.sorted()),
        ])
        let body = ResponseBody { writer in
            guard let gzip = Deflater() else { throw JobError(.internal, "There is no memory for the export.") }
            let head = gzip.packed([title], isLast: false)
            if head.readableBytes > 0 { try await writer.write(head) }
            var walk = history.walk(filter, for: caller, isWhole: true)
            while !walk.isOver {
                let entries = try await walk.next(200)
                let piece = gzip.packed(entries.map { HistoryRepresentation(entry: $0).value }, isLast: false)
                // An empty chunk would end the body.
                if piece.readableBytes > 0 { try await writer.write(piece) }
            }
            let missing = walk.missing.sorted { $0.key < $1.key }.map { node, reason -> Value in
                ["kind": "missing", "time": .string(made.description), "node": .int(node), "reason": .string(reason)]
            }
            try await writer.write(gzip.packed(missing, isLast: true))
            try await writer.finish(nil)
        }
        let name = "confd-history-\(node)-\(made.description.prefix(10)).ndjson.gz"
        return Response(
            status: .ok,
            headers: [
                .contentType: ContentType.gzip.contentType, .contentDisposition: "attachment; filename=\"\(name)\"",
            ],
            body: body)
    }
}

extension Deflater {
    /// Documents, one a line, as far as the compressor gives them out yet; it keeps some back until the last.
    fileprivate func packed(_ documents: [Value], isLast: Bool) -> ByteBuffer {
        var lines: [UInt8] = []
        for document in documents {
            lines.append(json: document)
            lines.append(0x0A)
        }
        return ByteBuffer(bytes: add(lines, isLast: isLast))
    }
}
