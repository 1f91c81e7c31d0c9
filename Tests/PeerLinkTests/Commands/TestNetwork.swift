import Access
import JobEngine
import Posix
import Support
import Synchronization
import Values
import Waiting

@testable import PeerLink

/// What becomes of a request between two nodes.
enum LinkFault: Sendable, CaseIterable {
    case none, lostRequest, lostAnswer, doubled, late, cut
}

/// The connections of one node to others, with faults.
final class TestNetwork: PeerCaller {
    private struct State {
        var faults: @Sendable () -> LinkFault = { .none }
        /// Requests that are still on their way.
        var late: [@Sendable () async -> Void] = []
        var isDead = false
        var asked: [String] = []
    }

    /// The number of the node that asks.
    let node: Int
    private let routes: @Sendable (Int) -> (life: Int, routes: [PeerRoute])?
    private let state = Mutex(State())

    /// - Parameter routes: What a node answers now, with the number of its daemon's life; `nil` while it has none.
    init(from node: Int, _ routes: @escaping @Sendable (Int) -> (life: Int, routes: [PeerRoute])?) {
        (self.node, self.routes) = (node, routes)
    }

    func make(_ faults: @escaping @Sendable () -> LinkFault) { state.withLock { $0.faults = faults } }

    /// Nothing comes through any more, but what is on its way.
    func die() { state.withLock { $0.isDead = true } }

    /// What was asked, by route.
    var asked: [String] { state.withLock { $0.asked } }

    /// Has everything arrive that is still on its way.
    func deliverLate() async {
        let late = state.withLock { state in
            defer { state.late = [] }
            return state.late
        }
        for delivery in late { await delivery() }
    }

    private func deliver(_ route: String, _ body: Value, to peer: Int) async throws(PeerFault) -> PeerAnswer {
        guard let found = routes(peer)?.routes.first(where: { $0.name == route }) else {
            throw PeerFault(.unreachable, "node \(peer) does not answer", wasSent: false)
        }
        return try await found.answer(PeerQuestion(node: node, address: "::1", body: body))
    }

    private func send(
        _ route: String, _ body: Value, to peer: Int
    ) async throws(PeerFault) -> (answer: PeerAnswer, fault: LinkFault) {
        let (fault, isDead) = state.withLock { state in
            state.asked.append(route)
            return (state.faults(), state.isDead)
        }
        if isDead { throw PeerFault(.unreachable, "this node is dead", wasSent: false) }
        let lost = PeerFault(.unreachable, "the connection was cut")
        switch fault {
        case .lostRequest: throw lost
        case .late:
            state.withLock { state in
                state.late.append { _ = try? await self.deliver(route, body, to: peer) }
            }
            throw lost
        case .lostAnswer:
            _ = try await deliver(route, body, to: peer)
            throw lost
        case .doubled:
            let answer = try await deliver(route, body, to: peer)
            _ = try? await deliver(route, body, to: peer)
            return (answer, fault)
        case .none, .cut:
            let answer = try await deliver(route, body, to: peer)
            await deliverLate()
            return (answer, fault)
        }
    }

    func ask(
        _ route: String, _ body: Value, of peer: PeerAddress, within limit: Duration
    ) async throws(PeerFault) -> Value {
        guard case (.value(let value), _) = try await send(route, body, to: peer.node) else {
            throw PeerFault(.malformed, "no value")
        }
        return value
    }

    func lines(
        _ route: String, _ body: Value, of peer: PeerAddress, silence: Duration
    ) -> AsyncThrowingStream<Value, any Error> {
        let source = LineSource { [self] () async throws(PeerFault) in
            let (answer, fault) = try await send(route, body, to: peer.node)
            guard case .lines(let lines) = answer, let life = routes(peer.node)?.life else {
                throw PeerFault(.unreachable, "the connection was cut")
            }
            return (lines, fault == .cut ? 1 : .max, { [self] in routes(peer.node)?.life == life })
        }
        return AsyncThrowingStream { try await source.next() }
    }

    func fetch(
        _ route: String, _ body: Value, of peer: PeerAddress, into file: Descriptor, limit: Int
    ) async throws(PeerFault) {
        guard case (.file(let content), _) = try await send(route, body, to: peer.node) else {
            throw PeerFault(.malformed, "no file")
        }
        do throws(SystemFault) {
            try file.write(try content.read(from: 0, count: limit)[...])
        } catch {
            throw PeerFault(.unreachable, "\(error)")
        }
    }
}

/// The lines of one answer, until they are cut.
private actor LineSource {
    typealias Opening = @Sendable () async throws(PeerFault) -> (AsyncStream<Value>, Int, @Sendable () -> Bool)

    private let opening: Opening
    private var opened: (lines: AsyncStream<Value>, rest: Int, isAlive: @Sendable () -> Bool)?

    init(_ opening: @escaping Opening) { self.opening = opening }

    func next() async throws -> Value? {
        if opened == nil { opened = try await opening() }
        guard let (lines, rest, isAlive) = opened else { return nil }
        guard rest > 0 else { throw PeerFault(.unreachable, "the connection was cut") }
        opened?.rest = rest - 1
        var iterator = lines.makeAsyncIterator()
        let line = await iterator.next(isolation: self)
        guard isAlive() else { throw PeerFault(.unreachable, "the node is gone") }
        return line
    }
}

/// What members know of each other.
final class TestMembers: Cluster {
    private let current: Mutex<ClusterStatus>
    private let told = Mutex<[AsyncStream<ClusterStatus>.Continuation]>([])

    init(ownNode: Int, nodes: [Int] = [11, 12, 13], master: Int = 11) {
        var status = ClusterStatus(ownNode: ownNode, master: Self.master(master), booted: [:])
        for node in nodes {
            var member = ClusterStatus.Member(id: "m\(node)", address: "10.0.0.\(node)", port: 20003, peerPort: 20381)
            member.isPresent = true
            status.members[node] = member
        }
        current = Mutex(status)
    }

    static func master(_ node: Int) -> ClusterStatus.Master {
        ClusterStatus.Master(node: node, name: "n\(node)", address: "10.0.0.\(node)")
    }

    var status: ClusterStatus { current.withLock { $0 } }

    func change(_ change: (inout ClusterStatus) -> Void) {
        let status = current.withLock { status in
            change(&status)
            return status
        }
        for tell in told.withLock({ $0 }) { tell.yield(status) }
    }

    func changes() -> AsyncStream<ClusterStatus> {
        let (states, tell) = AsyncStream.makeStream(
            of: ClusterStatus.self, bufferingPolicy: .bufferingNewest(1))
        tell.yield(status)
        told.withLock { $0.append(tell) }
        return states
    }
}

/// A node that decides, and asks the node 12.
final class TestMaster: Sendable {
    let members: TestMembers
    let network: TestNetwork
    let runner: ClusterRunner
    private let work: Task<Void, Never>

    init(_ number: Int, epoch: Int, of node: TestNode, own: TestNode) {
        let members = TestMembers(ownNode: number, master: number)
        let network = TestNetwork(from: number) { peer in
            guard peer == node.number, let service = node.service else { return nil }
            return (node.life, service.routes)
        }
        let runner = ClusterRunner(
            RecordingRunner(file: nil),
            commands: own.service
                ?? CommandService(
                    RecordingRunner(file: nil), journal: own.disk, witness: SomeWitness(), master: { nil }),
            caller: network, cluster: members, time: node.time
        ) { CommandTerm(generation: 1, epoch: epoch) }
        (self.members, self.network, self.runner) = (members, network, runner)
        work = Task { await runner.run() }
    }

    deinit { work.cancel() }

    /// Ends its daemon at once.
    func kill() {
        network.die()
        work.cancel()
    }

    func run(_ command: Command, step: Int = 0, job: Int = 7) async -> CommandOutcome {
        await runner.run(command, job: JobID(node: 11, number: job), step: step)
    }
}

extension Command {
    static func sample(_ action: String = "thing.do", on node: Int = 12, _ arguments: [String: Value] = [:]) -> Command
    {
        Command(action, on: node, arguments, deadline: .seconds(1_000_000))
    }

    /// What takes it back.
    var undoing: Command {
        var undo = Command("\(action).undo", on: node, arguments, deadline: deadline)
        undo.isUndo = true
        return undo
    }
}

extension ManualTime {
    /// Does something while time passes as soon as everybody waits for it.
    func passing<Result: Sendable>(_ work: @Sendable () async throws -> Result) async rethrows -> Result {
        let pump = Task {
            while !Task.isCancelled {
                for _ in 0..<50 { await Task.yield() }
                if let next = sleepers.next { advance(by: max(.zero, next - monotonic)) }
            }
        }
        defer { pump.cancel() }
        return try await work()
    }
}
