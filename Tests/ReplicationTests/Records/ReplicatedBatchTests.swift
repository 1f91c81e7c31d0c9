import Access
import JobEngine
import Support
import Testing
import Values

@testable import Replication

struct ReplicatedBatchTests {
    @Test(arguments: 1...8) func whatIsWrittenIsRead(seed: UInt64) throws {
        var random = RandomRecords(seed: seed)
        for _ in 0..<20 {
            let records = random.next(1 + random.below(40))
            let bytes = ReplicatedBatch.bytes(of: records)
            let read = try ReplicatedBatch.records(in: bytes)
            #expect(read == records.map(\.told))
            #expect(ReplicatedBatch.bytes(of: read) == bytes)
        }
    }

    /// What a node stores of a job is the same, byte for byte, whether it decided on it or was told.
    @Test func aJobThatWasToldIsStoredAsByWhoeverTold() throws {
        var random = RandomRecords(seed: 7)
        for record in random.next(2000) {
            guard case .engine(.job(let job, let digest)) = record else { continue }
            let told = try Self.job(in: ReplicatedBatch.bytes(of: [record]))
            #expect(told.bytes == JSON.bytes(job.value))
            #expect(told.searchText.utf8.elementsEqual(job.searchText.utf8))
            #expect(told.isDone == job.isDone && told.key == job.scopedKey && told.digest == digest)
            let read = try #require(told.record)
            #expect(JSON.bytes(read.value) == told.bytes)
        }
    }

    private static func job(in bytes: [UInt8]) throws -> ReplicatedJob {
        guard case .job(let job)? = try ReplicatedBatch.records(in: bytes).first else {
            throw ReplicatedBatchError.cutOff(at: 0)
        }
        return job
    }

    /// Several appends may stand in one entry.
    @Test(arguments: 1...4) func batchesBehindOneAnotherAreOne(seed: UInt64) throws {
        var random = RandomRecords(seed: seed)
        let batches = (0..<5).map { _ in random.next(random.below(12)) }
        let read = try ReplicatedBatch.records(in: batches.flatMap { ReplicatedBatch.bytes(of: $0) })
        #expect(read == batches.flatMap { $0.map(\.told) })
    }

    @Test func whatAnEngineDecidedIsReadForWhoeverAsks() throws {
        let job = JobRecord.sample(4, key: "k")
        let records: [ReplicatedRecord] = [.engine(.job(job, digest: "d")), .engine(.numbers(through: 9)), .level(2)]
        let read = try ReplicatedBatch.records(in: ReplicatedBatch.bytes(of: records))
        #expect(read.map(\.logRecord) == [.job(job, digest: "d"), .numbers(through: 9), nil])
    }

    @Test func allKindsAreTried() throws {
        var random = RandomRecords(seed: 3)
        let lines = ReplicatedBatch.bytes(of: random.next(3000)).split(separator: UInt8(ascii: "\n"))
        let kinds = try lines.compactMap { try JSON.parse($0, limits: .wide)["kind"]?.string }
        #expect(
            Set(kinds) == [
                "acknowledgements", "archive", "bucket_file", "bucket_file_removed", "bucket_forgotten",
                "buckets_listed",
                "certificate", "certificates_revoked", "file", "file_removed",
                "invitation", "invitation_used", "invitation_withdrawn", "job", "level", "lock", "lock_lifted",
                "logins_ended", "member", "member_removed", "numbers", "revision", "rule", "rule_removed", "session",
                "session_ended", "suspension", "term", "token", "token_ended",
                "undo_kept", "undo_settled",
            ])
    }

    @Test func anEmptyBatchIsOne() throws {
        #expect(try ReplicatedBatch.records(in: ReplicatedBatch.bytes(of: [])).isEmpty)
    }

    @Test func aNumberThatIsNoneBecomesNothing() throws {
        var job = JobRecord.sample(1)
        job.request.body = .list([.double(.nan), .double(.infinity)])
        let told = try Self.job(in: ReplicatedBatch.bytes(of: [.engine(.job(job, digest: nil))]))
        #expect(told.bytes == JSON.bytes(job.value))
        #expect(told.record?.request.body == .list([.null, .null]))
    }

    // MARK: Revisions

    @Test func revisionsOfABatchAreToldByWhatTheyChange() throws {
        let lines = (0..<2000).map { "    Key\($0) = \($0)\n" }
        let records = (1...64).map { number -> ReplicatedRecord in
            var changed = lines
            changed[number * 30] = "    Key = \(number)\n"
            return .engine(.revision(.sample(number, text: "Revision = \(number)\n" + changed.joined())))
        }
        let bytes = ReplicatedBatch.bytes(of: records)
        #expect(bytes.count < 2 * lines.joined().utf8.count)
        #expect(try ReplicatedBatch.records(in: bytes) == records)
    }

    /// The lines are equal to a reader, and are other bytes.
    @Test func everyByteOfATextIsKept() throws {
        let texts = ["a\n\u{E9}\nb", "a\ne\u{301}\nb", "", "\n\n", "a\r\nb\r\n", "a\nb\n", "x\u{0}y"]
        let records = texts.enumerated().map { place, text in
            ReplicatedRecord.engine(.revision(.sample(place + 1, text: text)))
        }
        let read = try ReplicatedBatch.records(in: ReplicatedBatch.bytes(of: records))
        for (record, text) in zip(read, texts) {
            guard case .engine(.revision(let revision)) = record else { continue }
            #expect(revision.text.utf8.elementsEqual(text.utf8))
        }
        #expect(read.count == texts.count)
    }

    // MARK: What is no batch

    private static let digest = String(repeating: "0", count: 64)
    private static let revision = """
        {"kind":"revision","number":1,"text":"a\\n","sha256":"s","checksum":"c","user":"u","at":1}
        """
    private static let edited = """
        {"kind":"revision","number":2,"sha256":"s","checksum":"c","user":"u","at":1,"edits":
        """

    @Test(arguments: [
        ("x", "record 0 does not end where it should"),
        ("\n", "record 0 cannot be read: the document ends early at byte 0"),
        (#"{"kind":"level","level":1}"#, "record 0 does not end where it should"),
        (#"{"kind":"level","level":1}"# + "\n{", "record 1 does not end where it should"),
        (#"{"kind":"job","bytes":2}"# + "\n{}", "'bytes' of record 0 ('job') cannot be read"),
        (#"{"kind":"job","bytes":1}"# + "\n{}\n", "'bytes' of record 0 ('job') cannot be read"),
        (#"{"kind":"job","bytes":2}"# + "\n{}\n", "'id' of record 0 ('job') cannot be read"),
        (#"{"kind":"job","bytes":9007199254740992}"# + "\n{}\n", "'bytes' of record 0 ('job') cannot be read"),
    ])
    func whatDoesNotEndWhereItShouldIsRefused(text: String, reason: String) {
        let error = #expect(throws: ReplicatedBatchError.self) {
            try ReplicatedBatch.records(in: Array(text.utf8))
        }
        #expect(error?.description == reason)
    }

    @Test(arguments: [
        ("1", "'record' of record 0 ('') cannot be read"),
        ("[]", "'record' of record 0 ('') cannot be read"),
        ("{}", "'kind' of record 0 ('') cannot be read"),
        (#"{"kind":1}"#, "'kind' of record 0 ('') cannot be read"),
        (
            #"{"kind":"level","level":1}"# + "\n" + #"{"kind":"moon_phase","path":"x"}"#,
            "record 1 is of the kind 'moon_phase', which this version does not know: install the version of the node that "
                + "wrote it"
        ),
        (
            #"{"kind":"level","level":1,"since":3}"#,
            "record 0 ('level') has 'since', which this version does not know: install the version of the node that wrote it"
        ),
        (#"{"kind":"level","level":1.5}"#, "'level' of record 0 ('level') cannot be read"),
        (#"{"kind":"level","level":-1}"#, "'level' of record 0 ('level') cannot be read"),
        (#"{"kind":"numbers","through":9223372036854775807}"#, "'through' of record 0 ('numbers') cannot be read"),
        (#"{"kind":"numbers"}"#, "'through' of record 0 ('numbers') cannot be read"),
        (#"{"kind":"job","bytes":2,"id":"11.1"}"#, "'bytes' of record 0 ('job') cannot be read"),
        (
            #"{"kind":"acknowledgements","revision":1,"nodes":[{"node":11,"state":"asleep"}]}"#,
            "'nodes' of record 0 ('acknowledgements') cannot be read"
        ),
        (#"{"kind":"rule","rule":{"number":1,"action":"shrug"}}"#, "'rule' of record 0 ('rule') cannot be read"),
        (
            #"{"kind":"logins_ended","users":[1],"sessions":[]}"#,
            "'users' of record 0 ('logins_ended') cannot be read"
        ),
        (
            #"{"kind":"logins_ended","users":[],"sessions":[{"user":"u","kept":"x"}]}"#,
            "record 0 ('logins_ended') has 'kept', which this version does not know: install the version of the node that "
                + "wrote it"
        ),
        (
            #"{"kind":"lock","id":"a","subject":"moon","address":"b","set_at":1,"until":2}"#,
            "'subject' of record 0 ('lock') cannot be read"
        ),
        (
            #"{"kind":"file","path":"../x","revision":1,"sha256":"\#(digest)","mode":384,"nodes":[]}"#,
            "'path' of record 0 ('file') cannot be read"
        ),
        ("\(edited)[[0,0,\"x\"]]}", "'edits' of record 0 ('revision') cannot be read"),
        ("\(revision)\n\(edited)[[2,0,\"x\"]]}", "'edits' of record 1 ('revision') cannot be read"),
        ("\(revision)\n\(edited)[[-1,0,\"x\"]]}", "'edits' of record 1 ('revision') cannot be read"),
        ("\(revision)\n\(edited)[[0,9223372036854775807,\"x\"]]}", "'edits' of record 1 ('revision') cannot be read"),
        ("\(revision)\n\(edited)[[0,0]]}", "'edits' of record 1 ('revision') cannot be read"),
    ])
    func whatIsNoBatchIsRefused(text: String, reason: String) {
        let error = #expect(throws: ReplicatedBatchError.self) {
            try ReplicatedBatch.records(in: Array("\(text)\n".utf8))
        }
        #expect(error?.description == reason)
    }

    @Test func aRecordOfANewerVersionSaysWhich() {
        let error = #expect(throws: ReplicatedBatchError.self) {
            try ReplicatedBatch.records(in: Array((#"{"kind":"moon_phase"}"# + "\n").utf8))
        }
        #expect(error == .unknownKind("moon_phase", at: 0))
        #expect(error?.asksForAnotherVersion == true)
    }

    /// What a newer version says of a job is kept as it is, and told on as it is.
    @Test func whatIsNotKnownOfAJobIsKept() throws {
        var members = try #require(JobRecord.sample(1).value.map)
        members["mood"] = "good"
        let bytes = JSON.bytes(.map(members))
        let written = ReplicatedBatch.bytes(of: [.engine(.job(.sample(1), digest: nil))])
        let line = try #require(written.split(separator: UInt8(ascii: "\n")).first)
        var head = try #require(try JSON.parse(line).map)
        head["bytes"] = .int(bytes.count)
        let told = JSON.bytes(.map(head)) + [UInt8(ascii: "\n")] + bytes + [UInt8(ascii: "\n")]
        let job = try Self.job(in: told)
        #expect(job.bytes == bytes)
        #expect(job.record == .sample(1))
        #expect(ReplicatedBatch.bytes(of: [.job(job)]) == told)
    }

    @Test func whatIsNotKnownBesideAJobIsRefused() throws {
        let written = ReplicatedBatch.bytes(of: [.engine(.job(.sample(1), digest: nil))])
        let text = String(decoding: written, as: UTF8.self)
        let other = text.replacing(#""kind":"job""#, with: #""kind":"job","mood":"good""#, maxReplacements: 1)
        #expect(throws: ReplicatedBatchError.unknownMember("mood", kind: "job", at: 0)) {
            try ReplicatedBatch.records(in: Array(other.utf8))
        }
    }

    @Test func whatIsTooMuchIsRefused() {
        let deep = String(repeating: "[", count: 300) + "\n"
        #expect(throws: ReplicatedBatchError.self) { try ReplicatedBatch.records(in: Array(deep.utf8)) }
        let many = String(repeating: #"{"kind":"level","level":1}"# + "\n", count: ReplicatedBatch.mostRecords + 1)
        #expect(throws: ReplicatedBatchError.tooMany(limit: ReplicatedBatch.mostRecords)) {
            try ReplicatedBatch.records(in: Array(many.utf8))
        }
        let large = [UInt8](repeating: UInt8(ascii: " "), count: ReplicatedBatch.largest + 1)
        #expect(throws: ReplicatedBatchError.tooLarge(limit: ReplicatedBatch.largest)) {
            try ReplicatedBatch.records(in: large)
        }
    }

    /// Small edits of a large text, over and over.
    @Test func textsAreBoundedTogether() {
        let text = String(repeating: "x", count: 1000)
        let first = #"{"kind":"revision","number":1,"text":"\#(text)","sha256":"","checksum":"","user":"","at":1}"#
        let more = Array(repeating: Self.edited + "[]}", count: 20).joined(separator: "\n")
        let bytes = Array("\(first)\n\(more)\n".utf8)
        #expect(throws: ReplicatedBatchError.tooMuchText(limit: 20_000)) {
            try ReplicatedBatch.records(in: bytes, textsUpTo: 20_000)
        }
        #expect(throws: Never.self) { try ReplicatedBatch.records(in: bytes, textsUpTo: 21_000) }
    }

    @Test(arguments: 1...8) func damagedBytesAreReadOrRefused(seed: UInt64) {
        var random = RandomRecords(seed: seed)
        let bytes = ReplicatedBatch.bytes(of: random.next(12))
        for _ in 0..<200 {
            var damaged = bytes
            for _ in 0...random.below(3) { damaged[random.below(damaged.count)] = UInt8(random.below(256)) }
            if random.below(4) == 0 { damaged.removeLast(random.below(damaged.count)) }
            _ = try? ReplicatedBatch.records(in: damaged)
        }
    }
}

extension JSON.Limits {
    fileprivate static let wide = JSON.Limits(depth: 200, count: 20_000_000)
}
