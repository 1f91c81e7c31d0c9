import Access
import EXAConf
import Gateway
import Hummingbird
import JobEngine
import Values

/// `/exaconf/revisions`: every configuration there ever was, who made it and what it changed.
struct RevisionsResource: Resource {
    let services: GatewayServices
    private var scheduler: JobScheduler { services.scheduler }

    init(_ services: GatewayServices) {
        self.services = services
    }

    var routes: [Route] {
        [
            Route(
                .get, "/exaconf/revisions", id: "listRevisions", summary: "List revisions, newest first", handler: list
            )
            .with(common).with { $0.query = [.limit, .cursor] }
            .answers("revisions", "RevisionPage") { $0.headers = [.link] },
            Route(
                .get, "/exaconf/revisions/{revision}", id: "getRevision", summary: "Get a revision, or its file",
                handler: get
            )
            .with(common).with { $0.produces = [.json, .text] }
            .answers("revisions", "Revision") { $0.isValidated = true },
            Route(
                .get, "/exaconf/revisions/{revision}/diff", id: "getRevisionDiff",
                summary: "Get what a revision changed",
                handler: difference
            ).with(common).with {
                $0.produces = [.json, .diff]
                $0.query = [
                    QueryParameter(
                        "against", .int(1...Int.max), text: "The older revision; the one before if left out.")
                ]
            }.answers("revisions", "RevisionDiff"),
        ]
    }

    private func common(_ route: inout Route) {
        route.access = .administrators
        route.locality = .freshRead
    }

    private func list(_ call: Call) async throws -> Response {
        let limit = call.query.int("limit") ?? 50
        let filter = ListPage.filterText(call)
        let below = try Cursor(call.query["cursor"], filter: filter)?.below
        // One more than shown tells whether there is a next page.
        let records = try await scheduler.revisions(below: below, limit: limit + 1)
        let shown = records.prefix(limit)
        let next = records.count > limit ? shown.last.map { Cursor(below: $0.number, filter: filter) } : nil
        return ListPage(items: shown.map(Self.value), next: next).response(to: call)
    }

    private func get(_ call: Call) async throws -> Response {
        let record = try await revision(call.path("revision"))
        if call.mediaType == .json { return Reply.validated(call, JSON.bytes(Self.value(record)), as: .json) }
        let text = try call.caller.isRoot ? record.text : try Self.document(record).redacted().text
        return Reply.validated(call, Array(text.utf8), as: .text)
    }

    private func difference(_ call: Call) async throws -> Response {
        let new = try await revision(call.path("revision"))
        let number = call.query.int("against") ?? new.number - 1
        let old = number >= 1 ? try await scheduler.revision(number) : nil
        let isRoot = try call.caller.isRoot
        let (before, after) = (try old.map(Self.document) ?? Document(), try Self.document(new))
        let text = Self.unified(before, after, from: number, to: new.number, isRoot: isRoot)
        if call.mediaType == .diff { return Reply.validated(call, Array(text.utf8), as: .diff) }
        let changes = ChangeSet(from: before, to: after)
        return Reply.json([
            "revision": .int(new.number), "against": .int(number),
            "changes": .list((isRoot ? changes : changes.redacted()).changes.map(Self.value)),
            "unified": .string(text),
        ])
    }

    private func revision(_ name: String) async throws(JobError) -> RevisionRecord {
        guard let number = Int(name), number >= 1 else {
            throw JobError(.revisionNotFound, "There is no revision '\(name.echoed)'; they are numbered from 1.")
        }
        return try await scheduler.revision(number)
    }

    private static func unified(_ old: Document, _ new: Document, from: Int, to: Int, isRoot: Bool) -> String {
        let (old, new) = isRoot ? (old, new) : (old.redacted(), new.redacted())
        return UnifiedDiff(
            from: old.isEmpty ? "" : old.text, to: new.text, oldName: "EXAConf revision \(from)",
            newName: "EXAConf revision \(to)"
        ).description
    }

    private static func document(_ record: RevisionRecord) throws(JobError) -> Document {
        do throws(EXAConfError) {
            return try Document(parsing: record.text)
        } catch {
            throw JobError(.internal, "Revision \(record.number) cannot be read: \(error).")
        }
    }

    private static func value(_ record: RevisionRecord) -> Value {
        .members([
            "revision": .int(record.number), "checksum": .string(record.checksum), "sha256": .string(record.sha256),
            "user": .string(record.user), "reason": record.reason.map(Value.string),
            "time": .time(record.at), "job_id": record.job.map { .string($0.description) },
            "acks": .list(record.acknowledgements.map(\.shown)),
        ])
    }

    private static func value(_ change: ChangeSet.Change) -> Value {
        .members([
            "section": .strings(change.path.names.map(\.description)), "key": change.key.map(Value.string),
            "old": change.old.map(Value.string), "new": change.new.map(Value.string),
        ])
    }
}
