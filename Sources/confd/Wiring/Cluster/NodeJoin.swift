import Access
import ClusterLog
import JobEngine
import Logging
import PeerLink
import Replication
import SQLiteStore
import Synchronization
import Values

/// What the daemon of a machine that has become a member does on its way to be a node like any other.
final class NodeJoin: JoinWork {
    private static let pace = Duration.milliseconds(100)

    let board = JoinBoard()
    private let link: NodeLink
    private let notice: DepartureNotice
    private let time = SystemTimeSource()
    private let state = Mutex(State())

    private struct State {
        /// What is there once the daemon serves.
        var channel: NodeChannel?
        var url = ""
        var sentence = ""
        var isOver = false
    }

    init(_ link: NodeLink, _ logger: Logger) {
        self.link = link
        notice = DepartureNotice(link.file, believing: link.credentials.material.authorities, logger: logger)
    }

    /// Whether it is a node like any other, or may become one by itself.
    var isOver: Bool { state.withLock { $0.isOver } }

    /// Has what has to be done before a daemon can serve.
    ///
    /// - Throws: ``Failure`` when the state of the cluster cannot be had.
    func begin() async throws(Failure) {
        try await run(upTo: .state)
        state.withLock { if $0.isOver { return } }
    }

    /// Has the rest, once the daemon serves.
    func finish(_ channel: NodeChannel, at url: String) async {
        state.withLock { ($0.channel, $0.url) = (channel, url) }
        try? await run(upTo: .ready)
    }

    private func run(upTo last: Join.Step) async throws(Failure) {
        let progress: JoinProgress?
        do throws(MemberFileFault) {
            progress = try link.folder.joining()
        } catch {
            throw Failure(error)
        }
        guard let progress else { return state.withLock { $0.isOver = true } }
        let end = await JoinRun(self, in: link.folder, time: time).run(progress, upTo: last) { [board] in
            board.say($0)
            StandardError.write($0.shown + "\n")
        }
        switch end {
        case .node:
            let sentence = state.withLock { state in
                state.isOver = true
                return state.sentence
            }
            board.finish(.node, sentence: sentence)
            StandardError.write(sentence + "\n")
        case .refused(let refusal):
            board.finish(.refused(refusal))
            throw Failure(refusal)
        case .handedOver, nil: break
        }
    }

    func perform(
        _ step: Join.Step, saying say: @Sendable (JoinLine) async -> Void
    ) async throws(JoinRefusal) -> (text: String, result: String) {
        switch step {
        // It was killed when it had the certificate, and before it could write that down.
        case .certificate: return JoinEntry.line(of: link.credentials.certificate)
        case .state: return try await takeState()
        case .files: return try await takeFiles()
        case .daemon: return ("daemon started", "ready \(state.withLock { $0.url })")
        case .votes:
            try await steps.awaitVotes(saying: say)
            return ("etcd", "")
        case .log: return try await followLog()
        case .ready:
            let welcome = try await steps.becomeReady()
            state.withLock { $0.sentence = welcome.sentence }
            let job = welcome.job.map { "; job \($0) resumed it" } ?? ""
            return ("node \(link.file.node) is ready\(job)", "")
        }
    }

    // MARK: Steps

    private func takeState() async throws(JoinRefusal) -> (text: String, result: String) {
        while true {
            switch await link.peers.catchUp(since: nil, generation: link.file.generation) {
            case .changed:
                let contents: StoreContents
                do throws(StoreError) {
                    contents = try await link.store.open()
                } catch {
                    throw .unusable("\(error)")
                }
                return ("state: revision \(contents.head?.number ?? 0), \(contents.openJobs.count) open jobs", "")
            case .noPrefix: throw .unusable("The cluster does not know the state of this node.")
            case .failed:
                // Somebody may have given it up meanwhile, and then nobody answers it any more.
                if let told = await notice.ask(link.file.others) { throw .unusable(told) }
                try await rest(.seconds(1))
            }
        }
    }

    private func takeFiles() async throws(JoinRefusal) -> (text: String, result: String) {
        guard let channel = state.withLock({ $0.channel }) else { throw .notNow("The daemon does not serve yet.") }
        let count = ((try? await link.store.files()) ?? []).count
        while true {
            do throws(InstallError) {
                try await channel.files.settle(upTo: .max)
                return ("files: \(count)", "")
            } catch {
                try await rest(.seconds(1))
            }
        }
    }

    private func followLog() async throws(JoinRefusal) -> (text: String, result: String) {
        guard let channel = state.withLock({ $0.channel }) else { throw .notNow("The daemon does not serve yet.") }
        let board = channel.log.member.board
        while !board.view.isFollowing || board.isBehind(at: time.monotonic) { try await rest(Self.pace) }
        return ("log followed to entry \(JoinLine.grouped(board.view.applied.index))", "")
    }

    private var steps: JoinStepCall {
        let (link, log) = (link, state.withLock { $0.channel?.log })
        return JoinStepCall(by: link.caller, time: time) {
            guard let status = log?.cluster.status, let master = status.master,
                let member = status.members[master.node]
            else { return nil }
            return PeerAddress(node: master.node, address: member.address, port: member.peerPort)
        }
    }

    private func rest(_ pause: Duration) async throws(JoinRefusal) {
        await time.sleep(until: time.monotonic + pause)
        if Task.isCancelled { throw .notNow("The daemon stops; the join goes on at its next start.") }
    }
}
