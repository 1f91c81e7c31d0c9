import Access
import ClusterLog
import EtcdStore
import Foundation
import JobEngine
import Logging
import Replication
import SQLiteStore
import Values

// One member of a cluster in a process of its own: it follows the log in etcd with a store in a folder, has clients that submit
// jobs whenever it decides, and writes down what it sees as a history for cluster-checker. Started again with the same folder it
// goes on. It may be stopped and killed at any moment; scripts/chaos does.

/// The id of the cluster of every run: each has an etcd of its own.
let cluster = "chaos"

/// Lines of the standard input; a thread waits for them.
func commands() -> AsyncStream<String> {
    let (stream, continuation) = AsyncStream<String>.makeStream()
    Thread.detachNewThread {
        while let line = readLine() { continuation.yield(line) }
        continuation.finish()
    }
    return stream
}

func say(_ value: Value) { FileHandle.standardOutput.write(Data(JSON.bytes(value) + [UInt8(ascii: "\n")])) }

/// Begins the log, or finds it begun; etcd may take its time to be there.
func begin(_ cluster: String, in etcd: any Etcd, _ time: any TimeSource) async {
    while (try? await etcd.begin(.first(of: cluster), cluster: cluster)) == nil {
        await time.sleep(until: time.monotonic + .milliseconds(200))
    }
}

func live(_ arguments: Arguments) async throws {
    let recording = try Recording(folder: arguments.folder, node: arguments.node)
    let file = try SQLiteFile.open(folder: "\(arguments.folder)/store", log: Logger(label: "chaos-member"))
    let state = RecordingState(store: SQLiteStore(file), recording: recording)
    try await state.begin()
    let client = EtcdClient(
        arguments.endpoints, credentials: try arguments.certificates.map { try Credentials($0).read() })
    let keys = LogKeys(cluster: cluster, generation: 1)
    let etcd = RecordingEtcd(etcd: client, keys: keys, recording: recording)
    let time = SystemTimeSource()
    await begin(cluster, in: etcd, time)

    let leasePath = "\(arguments.folder)/lease"
    var settings = MemberSettings(
        node: arguments.node, cluster: cluster, members: arguments.members, address: "127.0.0.1", port: 1)
    settings.formerLease = (try? String(contentsOfFile: leasePath, encoding: .utf8)).flatMap { Int($0) }
    let peers = RecordedPeers(folders: arguments.beside, state: state, recording: recording)
    let ports = MemberPorts(etcd: etcd, state: state, peers: peers, time: time) { lease in
        try? "\(lease)".write(toFile: leasePath, atomically: true, encoding: .utf8)
    }
    let member = try await ClusterMember(settings, ports)
    let store = ReplicatedStore(member, state: state, thread: file.thread)
    let clients = Clients(
        node: arguments.node, store: store, state: state, member: member, recording: recording,
        pause: .milliseconds(arguments.pause), isHasty: arguments.isHasty)

    await withTaskGroup { group in
        group.addTask { await member.run() }
        group.addTask { await clients.run() }
        for await command in commands() {
            switch command {
            case "quiet": clients.fallSilent()
            case "status": say(status(of: member, clients))
            case "digest":
                let entry = try? await state.applied()
                if let entry { say(.string(await state.digest(at: entry))) } else { say(.null) }
            default: break
            }
        }
        clients.end()
        member.stop()
    }
    await client.close()
    try file.close()
}

func status(of member: ClusterMember, _ clients: Clients) -> Value {
    let view = member.board.view
    return [
        "applied": .int(view.applied.index), "chain": .string(view.applied.chain.text),
        "follows": .bool(view.isFollowing), "asks": .bool(clients.isAsking),
        "master": view.master.map { .int($0.node) } ?? .null,
        "stop": view.stop.map { .string("\($0)") } ?? .null,
        "obstacle": view.obstacle.map { .string("\($0)") } ?? .null,
        "quarantine": view.quarantine.map { .string("\($0)") } ?? .null,
    ]
}

do {
    let words = Array(CommandLine.arguments.dropFirst())
    if words.first == "certificates", words.count > 2 {
        try Credentials(words[1]).make(for: Array(words[2...]))
    } else if words.first == "measure", words.count > 3 {
        let endpoints = try words[3...].map(Arguments.endpoint)
        try await Measuring(endpoints, folder: words[1], credentials: try Credentials(words[2]).read()).run()
    } else {
        try await live(try Arguments(words))
    }
} catch let wrong as Arguments.Wrong {
    FileHandle.standardError.write(Data("chaos-member: \(wrong)\n\(Arguments.usage)\n".utf8))
    exit(64)
} catch {
    FileHandle.standardError.write(Data("chaos-member: \(error)\n".utf8))
    exit(1)
}
