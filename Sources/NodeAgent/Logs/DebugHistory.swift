import Access
import EXAConf
import JobEngine
import Values

/// What the daemon remembers: the newest jobs and revisions, the end of the audit log, and the configuration.
struct DebugHistory {
    let store: any Store
    let trail: any AuditTrail

    /// Writes `jobs.json`, `revisions.json`, `audit.json` and `EXAConf`. What cannot be read says so in its place.
    func write(to folder: DebugFolder, _ call: ActionCall) async throws(ActionError) {
        try folder.write(await jobs(), as: "jobs.json")
        try folder.write(await revisions(), as: "revisions.json")
        try folder.write(await audit(), as: "audit.json")
        try folder.write(Self.configuration(call), as: "EXAConf")
    }

    private func jobs() async -> Value {
        var query = JobQuery()
        query.limit = 500
        do throws(StoreError) {
            return .list(try await store.jobs(query).jobs.map(\.value))
        } catch {
            return ["error": .string(error.description)]
        }
    }

    private func revisions() async -> Value {
        do throws(StoreError) {
            return .list(try await store.revisions(below: nil, limit: 200).map(Self.value))
        } catch {
            return ["error": .string(error.description)]
        }
    }

    private static func value(_ revision: RevisionRecord) -> Value {
        .members([
            "revision": .int(revision.number), "sha256": .string(revision.sha256),
            "checksum": .string(revision.checksum), "job_id": revision.job.map { .string($0.description) },
            "user": .string(revision.user), "reason": revision.reason.map(Value.string),
            "at": .string(revision.at.description), "sync": .list(revision.acknowledgements.map(\.value)),
        ])
    }

    private func audit() async -> Value {
        var query = AuditQuery()
        query.limit = 1000
        do throws(AccessError) {
            return .list(try await trail.entries(query).entries.map(Self.value))
        } catch {
            return ["error": "The audit log cannot be read now."]
        }
    }

    private static func value(_ entry: AuditEntry) -> Value {
        let event = entry.event
        return .members([
            "sequence": .int(entry.sequence), "kind": .string(event.kind.rawValue),
            "at": .string(Timestamp(milliseconds: Int(event.time)).description),
            "user": event.user.map(Value.string), "address": event.address.map(Value.string),
            "detail": event.detail.map(Value.string),
        ])
    }

    private static func configuration(_ call: ActionCall) -> [UInt8] {
        guard let bytes = (try? call.files.read(call.root.configuration)) ?? nil else { return Array("# none\n".utf8) }
        guard let document = try? Document(parsing: String(decoding: bytes, as: UTF8.self)) else {
            return Array("# It cannot be parsed, so nothing of it is shown: secrets could not be found.\n".utf8)
        }
        return Array(document.redacted().text.utf8)
    }
}
