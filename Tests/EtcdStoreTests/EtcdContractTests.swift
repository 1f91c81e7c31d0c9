import ClusterLog
import Support
import Testing

@testable import EtcdStore

/// What the port promises, with one member of etcd itself.
@Suite(.serialized, .needsEtcd, .timeLimit(.minutes(2))) struct EtcdContractTests {
    private func withClient<Result>(
        flags: [String] = [], _ body: (EtcdClient, RealEtcd) async throws -> Result
    ) async throws -> Result {
        try await withEtcd(flags: flags) { etcd in
            let client = etcd.client()
            do {
                let result = try await body(client, etcd)
                await client.close()
                return result
            } catch {
                await client.close()
                throw error
            }
        }
    }

    private func put(_ key: String, _ value: String = "v", lease: Int? = nil) -> Transaction {
        Transaction(
            comparisons: [.isMissing(key)], success: [.put(key, value: Array(value.utf8), lease: lease)],
            failure: [.get(key), .first("p/"), .last("p/")])
    }

    @Test func transactionsAndRanges() async throws {
        try await withClient { client, _ in
            let long = String(repeating: "the same again ", count: 10_000)
            let first = try await client.transact(put("p/1", long))
            #expect(first.succeeded && first.found == [[]])
            let key = KeyValue(key: "p/1", value: Array(long.utf8), created: first.revision)
            let again = try await client.transact(put("p/1", "other"))
            #expect(
                again == TransactionAnswer(succeeded: false, found: [[key], [key], [key]], revision: first.revision))

            for number in 2...5 { #expect(try await client.transact(put("p/\(number)")).succeeded) }
            let ends = try await client.transact(Transaction(success: [.get("p/9"), .first("p/"), .last("p/")]))
            #expect(ends.succeeded && ends.found.map { $0.map(\.key) } == [[], ["p/1"], ["p/5"]])

            let compared = Transaction(
                comparisons: [.created("p/1", at: first.revision), .exists("p/2"), .isMissing("p/6")],
                success: [.get("p/3")], failure: [])
            #expect(try await client.transact(compared).succeeded)
            var changed = compared
            changed.comparisons = [.created("p/1", at: first.revision + 1)]
            #expect(try await client.transact(changed).succeeded == false)
            changed.comparisons = [.exists("p/6")]
            #expect(try await client.transact(changed).succeeded == false)

            let some = try await client.range(from: "p/2", before: "p/5", limit: 2)
            #expect(some.found.map(\.key) == ["p/2", "p/3"] && some.hasMore)
            let rest = try await client.range(from: "p/4", before: "p/5", limit: 2)
            #expect(rest.found.map(\.key) == ["p/4"] && !rest.hasMore && rest.revision == first.revision + 4)
        }
    }

    @Test func deletingIsGuarded() async throws {
        try await withClient { client, _ in
            let guardRevision = try await client.transact(put("guard")).revision
            for number in 1...4 { _ = try await client.transact(put("p/\(number)")) }
            #expect(
                try await client.delete(from: "p/1", before: "p/4", asLongAs: "guard", wasCreatedAt: guardRevision + 1)
                    == false)
            #expect(try await client.range(from: "p/", before: "p0", limit: 9).found.count == 4)
            #expect(
                try await client.delete(from: "p/1", before: "p/4", asLongAs: "guard", wasCreatedAt: guardRevision))
            #expect(try await client.range(from: "p/", before: "p0", limit: 9).found.map(\.key) == ["p/4"])
        }
    }

    @Test func leasesAndWhatEndsWithThem() async throws {
        try await withClient { client, _ in
            let kept = try await client.grantLease(.seconds(60))
            #expect(try await client.keepAlive(kept))
            let opened = try await client.transact(put("p/kept", lease: kept))
            let short = try await client.grantLease(.seconds(2))
            let second = try await client.transact(put("p/short", lease: short))
            #expect(try await client.range(from: "p/", before: "p0", limit: 9).found.map(\.lease) == [kept, short])

            var notices = client.watch(prefix: "p/", from: opened.revision).makeAsyncIterator()
            #expect(try await notices.next() == .opened(revision: second.revision))
            let value = Array("v".utf8)
            #expect(
                try await notices.next()
                    == .put(
                        KeyValue(key: "p/kept", value: value, created: opened.revision, lease: kept),
                        revision: opened.revision))
            #expect(
                try await notices.next()
                    == .put(
                        KeyValue(key: "p/short", value: value, created: second.revision, lease: short),
                        revision: second.revision))
            // Nobody keeps it alive.
            #expect(try await change(&notices) == .deleted("p/short", revision: second.revision + 1))
            #expect(try await client.keepAlive(short) == false)
            try await client.revoke(kept)
            #expect(try await change(&notices) == .deleted("p/kept", revision: second.revision + 2))
            try await client.revoke(kept)
            #expect(try await client.keepAlive(kept) == false)
        }
    }

    /// The next notice that is no mere word of progress.
    private func change(
        _ notices: inout AsyncThrowingStream<WatchNotice, any Error>.Iterator
    ) async throws -> WatchNotice? {
        while let notice = try await notices.next(isolation: #isolation) {
            if case .progress = notice { continue }
            return notice
        }
        return nil
    }

    @Test func aWatchTellsOfProgressAndOfNothingElsesKeys() async throws {
        try await withClient { client, _ in
            var notices = client.watch(prefix: "p/", from: nil).makeAsyncIterator()
            guard case .opened(let start) = try await notices.next() else {
                Issue.record("it was not opened")
                return
            }
            let other = try await client.transact(put("q"))
            let own = try await client.transact(put("p/1"))
            #expect(
                try await change(&notices)
                    == .put(KeyValue(key: "p/1", value: Array("v".utf8), created: own.revision), revision: own.revision)
            )
            #expect(start < other.revision)
            #expect(try await notices.next() == .progress(revision: own.revision))
        }
    }

    @Test func whatIsForgottenIsSaidToBe() async throws {
        try await withClient { client, _ in
            let first = try await client.transact(put("p/1"))
            let last = try await client.transact(put("p/2"))
            try await client.compact(before: last.revision)
            try await client.compact(before: last.revision)
            try await client.compact(before: first.revision)
            var notices = client.watch(prefix: "p/", from: first.revision).makeAsyncIterator()
            #expect(try await notices.next() == .opened(revision: last.revision))
            await #expect(throws: EtcdError.compacted(oldest: last.revision)) { try await notices.next() }
            var later = client.watch(prefix: "p/", from: last.revision).makeAsyncIterator()
            _ = try await later.next()
            #expect(
                try await later.next()
                    == .put(
                        KeyValue(key: "p/2", value: Array("v".utf8), created: last.revision), revision: last.revision))
            await #expect(throws: EtcdError.self) { try await client.compact(before: last.revision + 100) }
        }
    }

    @Test func largeThingsComeInPieces() async throws {
        try await withClient { client, _ in
            // Half a megabyte that does not pack: 40 of them are more than an answer may have.
            var generator = SystemRandomNumberGenerator()
            let value = (0..<(512 << 10)).map { _ in UInt8.random(in: 0...255, using: &generator) }
            let first = try await client.transact(Transaction(success: [.put("p/00", value: value, lease: nil)]))
                .revision
            for number in 1..<40 {
                let key = "p/\(number < 10 ? "0" : "")\(number)"
                _ = try await client.transact(Transaction(success: [.put(key, value: value, lease: nil)]))
            }
            var keys: [String] = []
            var hasMore = true
            while hasMore {
                let next = "p/" + (keys.last?.dropFirst(2) ?? "")
                // What takes too long is asked for in less.
                guard let found = try? await client.range(from: next, before: "p0", limit: 256) else { continue }
                keys += found.found.map(\.key).filter { !keys.contains($0) }
                hasMore = found.hasMore
                #expect(found.found.allSatisfy { $0.value == value })
            }
            #expect(keys.count == 40)
            var notices = client.watch(prefix: "p/", from: first).makeAsyncIterator()
            _ = try await notices.next()
            for key in keys {
                guard case .put(let told, _) = try await change(&notices) else {
                    Issue.record("\(key) is missing")
                    return
                }
                #expect(told.key == key && told.value == value)
            }
        }
    }

    @Test func aWatchNobodyReadsEnds() async throws {
        let metrics = "http://127.0.0.1:\(try freePort())"
        try await withClient(flags: ["--listen-metrics-urls", metrics]) { client, _ in
            var held: AsyncThrowingStream<WatchNotice, any Error>? = client.watch(prefix: "p/", from: nil)
            var notices = held?.makeAsyncIterator()
            _ = try await notices?.next()
            #expect(try await openWatches(metrics + "/metrics") == 1)
            (held, notices) = (nil, nil)
            let reading = Task {
                for try await notice in client.watch(prefix: "p/", from: nil) {
                    if case .opened = notice { withUnsafeCurrentTask { $0?.cancel() } }
                }
            }
            _ = await reading.result
            // A connection that is left stays open for as long as etcd has something to say on it.
            while try await openWatches(metrics + "/metrics") > 0 { await Task.yield() }
        }
    }

    @Test func aStrangersCertificateIsNotTaken() async throws {
        let other = try await withEtcd { $0.credentials }
        try await withEtcd { etcd in
            for credentials in [other, nil] {
                let stranger = EtcdClient(etcd.endpoints, credentials: credentials)
                await #expect(throws: EtcdError.self) { try await stranger.transact(put("p/1")) }
                await stranger.close()
            }
            let own = etcd.client()
            let answer = try await own.transact(put("p/1"))
            #expect(answer.succeeded)
            await own.close()
        }
    }

    // MARK: Room

    private static let keys = LogKeys(cluster: "c", generation: 1)

    private func append(_ index: Int, _ value: [UInt8]) -> Transaction {
        let key = Self.keys.entry(index)
        return Transaction(
            comparisons: [.isMissing(key)], success: [.put(key, value: value, lease: nil)], failure: [.get(key)])
    }

    @Test func aFullDatabaseIsRepaired() async throws {
        try await withClient(flags: ["--quota-backend-bytes", "\(4 << 20)"]) { client, _ in
            let format = LogFormat(generation: 1, base: .start)
            _ = try await client.transact(
                Transaction(success: [.put(Self.keys.format, value: format.bytes, lease: nil)]))
            #expect(try await QuotaRepair(client, keys: Self.keys).run() == nil, "there is nothing to repair")
            var generator = SystemRandomNumberGenerator()
            let value = (0..<(100 << 10)).map { _ in UInt8.random(in: 0...255, using: &generator) }
            var index = 0
            do {
                while true {
                    let answer = try await client.transact(append(index + 1, value))
                    index += 1
                    // Without room an append may have been written nevertheless; it is found then.
                    #expect(answer.succeeded || answer.found.first?.first?.value == value)
                }
            } catch let error as EtcdError {
                #expect(error == .noRoom)
            }
            #expect(index > 10)
            #expect(
                try await client.range(from: Self.keys.entry(index + 1), before: Self.keys.entries + "9", limit: 1)
                    .found.isEmpty)
            await #expect(throws: EtcdError.noRoom) { try await client.transact(append(index + 1, value)) }
            let lease = await #expect(throws: EtcdError.self) { try await client.grantLease(.seconds(60)) }
            #expect(lease != nil)

            let outcome = try await QuotaRepair(client, keys: Self.keys).run()
            let oldest = try #require(outcome?.oldest)
            #expect(oldest > 1 && oldest <= index && outcome?.unreached == [])
            #expect(try await client.alarms().isEmpty)
            #expect(try await client.transact(append(index + 1, value)).succeeded)
            let left = try await client.range(from: Self.keys.entries, before: Self.keys.entries + "9", limit: 256)
            #expect(left.found.map(\.key) == (oldest...(index + 1)).map(Self.keys.entry))
        }
    }

    @Test func entriesAreDeletedInTheirTermAlone() async throws {
        try await withClient { client, _ in
            let epoch = try await client.transact(put(Self.keys.master)).revision
            for start in stride(from: 1, through: 1200, by: 100) {
                let puts = (start..<(start + 100)).map {
                    Transaction.Operation.put(Self.keys.entry($0), value: [1], lease: nil)
                }
                _ = try await client.transact(Transaction(success: puts))
            }
            func delete(before kept: Int, in epoch: Int) async throws -> Bool {
                try await client.delete(
                    from: Self.keys.entries, before: Self.keys.entry(kept), asLongAs: Self.keys.master,
                    wasCreatedAt: epoch)
            }
            #expect(try await !delete(before: 201, in: epoch + 1))
            #expect(try await delete(before: 151, in: epoch))
            #expect(try await delete(before: 201, in: epoch))
            let keys = try await client.range(from: Self.keys.entries, before: Self.keys.entries + "9", limit: 1)
            try await client.compact(before: keys.revision)
            let ends = try await client.transact(
                Transaction(success: [.first(Self.keys.entries), .last(Self.keys.entries)]))
            #expect(ends.found.flatMap { $0 }.map(\.key) == [Self.keys.entry(201), Self.keys.entry(1200)])
            var notices = client.watch(prefix: Self.keys.entries, from: 2).makeAsyncIterator()
            _ = try await notices.next()
            await #expect(throws: EtcdError.compacted(oldest: ends.revision)) { try await notices.next() }
        }
    }
}

/// How many watches etcd has open.
private func openWatches(_ metrics: String) async throws -> Int {
    let text = try await ShellCommand.check(["curl", "--silent", "--fail", metrics])
    let name = "etcd_debugging_mvcc_watcher_total "
    return try #require(
        text.split(separator: "\n").first { $0.hasPrefix(name) }.flatMap { Int($0.dropFirst(name.count)) })
}
