import Access
import EXAConf
import Foundation
import Glibc
import HTTPServer
import JobEngine
import Logging
import NIOCore
import Posix
import Support
import Synchronization
import Values

@testable import BucketFS

/// Nodes with file services, a log that is decided at once, and a network between them.
final class BucketNetwork: Sendable {
    private let folder = FileManager.default.temporaryDirectory.appendingPathComponent("buckets-\(UUID().uuidString)")
    let nodes: [BucketNode]

    init(_ count: Int = 3) throws {
        let place = folder
        nodes = try (0..<count).map { try BucketNode(11 + $0, in: place) }
        for node in nodes { node.others.withLock { $0 = nodes.filter { $0 !== node } } }
    }

    deinit { try? FileManager.default.removeItem(at: folder) }
}

/// One of them; the first that is not away decides.
final class BucketNode: BucketPeers, BucketCatalogue {
    let node: Int
    let bucket: ServedBucket
    let others = Mutex<[BucketNode]>([])
    let isAway = Mutex(false)
    /// Sends other bytes than it has, or takes no copies.
    let isBroken = Mutex(false)
    private let state = Mutex(State())
    private let registry: FileServiceRegistry
    private let sharing = Mutex<SharedBuckets?>(nil)

    struct State {
        var entries: [BucketFileName: BucketEntry] = [:]
        var isComplete = true
    }

    init(_ node: Int, in folder: URL) throws {
        self.node = node
        let top = folder.appendingPathComponent("n\(node)")
        try FileManager.default.createDirectory(at: top, withIntermediateDirectories: true)
        let time = SystemTimeSource()
        registry = FileServiceRegistry(
            limits: FileServerLimits(), proxies: .none, passwords: PasswordGuard(audit: InMemoryAudit(), time: time),
            time: time, logger: Logger(label: "test"))
        guard let name = BucketName("default", of: "bfs1"),
            let owner = FileOwners(isRoot: false).owner(Owner(user: 500, group: 500))
        else { throw BucketFault.noSuchBucket }
        let way = FolderWay(top: top.path, names: ["bfs1"])
        bucket = ServedBucket(
            sharedName: name, isPublic: true, readPassword: nil, writePassword: nil,
            folder: BucketFolder(way: way.appending("default"), owner: owner), plugins: [["plugins", "p1"]])
        var plan = ServiceLayout.Plan()
        plan.services = [ServedService(name: "bfs1", endpoints: [], folder: way, owner: owner, buckets: [bucket])]
        let shared = SharedBuckets(self, peers: self, registry: registry, time: time) { [plan] in
            SharedBuckets.Served(plan: plan, revision: 1)
        }
        sharing.withLock { $0 = shared }
    }

    var shared: SharedBuckets {
        get throws { try sharing.withLock { $0 }.get() }
    }

    // MARK: What a client does

    func put(_ path: String, _ content: String, when conditions: Preconditions = .none) async throws {
        let opened = try await bucket.folder.openMaking()
        let upload = try Upload(in: opened)
        try upload.write(ByteBuffer(string: content))
        try await shared.keep(upload, as: try BucketPath(path), of: bucket, when: conditions, by: "w")
    }

    func remove(_ path: String) async throws {
        try await shared.remove(try BucketPath(path), of: bucket, when: .none)
    }

    func read(_ path: String) async throws -> String {
        let file = try await shared.open(try BucketPath(path), of: bucket)
        return String(buffer: try file.read(file.size, at: 0))
    }

    /// What lies on its disk, by path.
    func disk() async throws -> [String: String] {
        let content = try await bucket.folder.openMaking()
        var walk = FileWalk(content)
        var found: [String: String] = [:]
        while let files = try await walk.advance() {
            for path in files {
                // One that is replaced meanwhile is counted the next time.
                guard let file = try? content.open(path) else { continue }
                found[path.text] = String(buffer: try file.read(file.size, at: 0))
            }
        }
        return found
    }

    /// Puts a file into the folder as somebody does who passes by the daemon.
    func place(_ path: String, _ content: String) async throws {
        _ = try await bucket.folder.openMaking()
        let place = URL(fileURLWithPath: bucket.folder.path).appendingPathComponent(path)
        try FileManager.default.createDirectory(
            at: place.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(content.utf8).write(to: place)
    }

    /// Is there again, with the state of another node.
    func comeBack(as other: BucketNode) throws {
        state.withLock { [told = other.state.withLock { $0 }] in $0 = told }
        isAway.withLock { $0 = false }
        try shared.hear(BucketNewsOfLog([], isWhole: true))
    }

    /// What was there before is not in the catalogue.
    func forgetList() { state.withLock { $0.isComplete = false } }

    // MARK: The catalogue

    func entry(_ name: BucketFileName) async throws(StoreError) -> BucketEntry? { state.withLock { $0.entries[name] } }

    func entries(
        of bucket: BucketName, after path: String?, limit: Int
    ) async throws(StoreError) -> [BucketEntry] {
        state.withLock { state in
            let all = state.entries.values.filter { $0.name.bucket == bucket && $0.name.path > path ?? "" }
            return Array(all.sorted { $0.name.path < $1.name.path }.prefix(limit))
        }
    }

    func obstacle(to name: BucketFileName) async throws(StoreError) -> String? {
        state.withLock { state in
            state.entries.keys.map(\.path).first { path in
                path.hasPrefix(name.path + "/") || name.path.hasPrefix(path + "/")
            }
        }
    }

    func buckets() async throws(StoreError) -> [BucketName] {
        state.withLock { Set($0.entries.keys.map(\.bucket)).sorted() }
    }

    func isComplete() async throws(StoreError) -> Bool { state.withLock { $0.isComplete } }

    // MARK: The others

    private var presentNodes: [BucketNode] { others.withLock { $0 }.filter { !$0.isAway.withLock { $0 } } }

    var present: [Int] { presentNodes.map(\.node).sorted() }

    var ready: [Int] { present }

    var decides: Bool { node == ([node] + present).min() }

    func isOldest() async -> Bool { node == 11 }

    func decide(_ order: BucketOrder) async throws(BucketRefusal) -> BucketEntry? {
        guard let master = ([self] + presentNodes).min(by: { $0.node < $1.node }) else { throw .later("nobody") }
        let kept = try master.state.withLock { (state) throws(BucketRefusal) in try Self.apply(order, to: &state) }
        for other in master.presentNodes {
            other.state.withLock { [told = master.state.withLock { $0 }] in $0 = told }
        }
        return kept
    }

    private static func apply(_ order: BucketOrder, to state: inout State) throws(BucketRefusal) -> BucketEntry? {
        switch order {
        case .keep(var entry, let expected):
            guard expected.holds(of: state.entries[entry.name]) else { throw .changed }
            let former = state.entries[entry.name].map { $0.at.milliseconds + 1 } ?? 0
            entry.at = Timestamp(milliseconds: max(entry.at.milliseconds, former))
            state.entries[entry.name] = entry
            return entry
        case .remove(let name, let expected):
            guard let entry = state.entries[name] else { throw .missing }
            guard expected.holds(of: entry) else { throw .changed }
            state.entries[name] = nil
        case .list(let entries):
            for entry in entries where state.entries[entry.name] == nil { state.entries[entry.name] = entry }
        case .endListing: state.isComplete = true
        case .forget(let bucket, _): state.entries = state.entries.filter { $0.key.bucket != bucket }
        }
        return nil
    }

    func awaitOthers() async {}

    private func peer(_ node: Int) throws(BucketRefusal) -> (node: BucketNode, shared: SharedBuckets) {
        guard let peer = presentNodes.first(where: { $0.node == node }), let shared = try? peer.shared else {
            throw .later("it is away")
        }
        return (peer, shared)
    }

    func offer(_ entry: BucketEntry, to node: Int) async throws(BucketRefusal) {
        let peer = try peer(node)
        if peer.node.isBroken.withLock({ $0 }) { throw .full("there is no room") }
        try await peer.shared.take(entry, from: self.node)
    }

    func fetch(_ entry: BucketEntry, from node: Int, into file: Descriptor) async throws(BucketRefusal) {
        let peer = try peer(node)
        let source = try await peer.shared.content(of: entry)
        do throws(SystemFault) {
            var bytes = try source.read(from: 0, count: entry.size)
            if peer.node.isBroken.withLock({ $0 }) { bytes = bytes.map { ~$0 } }
            try file.write(bytes[...], at: 0)
        } catch {
            throw .later("\(error)")
        }
    }
}

extension BucketPath {
    init(_ text: String) throws(BucketFault) { try self.init(text.split(separator: "/").map(String.init)) }
}

extension Optional {
    fileprivate func get() throws -> Wrapped {
        guard let self else { throw BucketFault.noSuchBucket }
        return self
    }
}
