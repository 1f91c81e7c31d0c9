import Access
import Application
import Certificates
import EtcdStore
import Logging
import PeerLink
import Replication
import ServiceLifecycle
import Synchronization

/// What a witness does: has its etcd run as whoever decides says, says how it is, keeps its certificate fresh, and finds out
/// when it is a member no more.
final class WitnessService: Service {
    private static let pace = Duration.seconds(2)
    /// Nodes ask every 2 s; who was removed is asked by nobody.
    private static let silence = Duration.seconds(6)
    private static let pause = Duration.seconds(5)

    /// Why it ended.
    enum End: Sendable {
        /// It was told to.
        case stopped
        /// It is no member any more; the words are a node's.
        case removed(String)
    }

    private let link: MemberLink
    private let etcd: NodeEtcd
    private let logger: Logger
    private let board: WitnessBoard
    private let terms: WitnessTerms
    private let vote: WitnessVote
    private let renewal: PeerCertificateRenewal
    private let time = SystemTimeSource()
    private let news: AsyncStream<Void>
    private let tell: AsyncStream<Void>.Continuation
    private let state = Mutex(End.stopped)

    /// - Parameter etcd: Its own, which does not run yet.
    init(_ link: MemberLink, etcd: NodeEtcd, logger: Logger) {
        (self.link, self.etcd, self.logger) = (link, etcd, logger)
        let board = WitnessBoard(time: time)
        self.board = board
        (terms, vote) = (WitnessTerms(link, etcd), WitnessVote(link, etcd))
        (news, tell) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
        renewal = PeerCertificateRenewal(
            credentials: link.credentials,
            issuing: CertificateIssuing(
                authority: { nil }, member: { _ in nil }, revoked: { board.revoked }, record: { _, _ in }),
            // Who has not the authority of the cluster says so, and the next one is asked.
            caller: link.caller, voters: { link.file.others.filter { $0.node != link.file.node } },
            keep: { material async throws(PeerFault) in
                do throws(MemberFileFault) {
                    try link.keep(material)
                } catch {
                    throw PeerFault(.refused, error.description)
                }
            }, used: { await etcd.renew() }, logger: logger)
    }

    /// Why it ended, once it has.
    var end: End { state.withLock { $0 } }

    func run() async throws {
        terms.follow()
        await withDiscardingTaskGroup { group in
            group.addTask { await self.etcd.run() }
            let notice = await cancelWhenGracefulShutdown { await self.work() }
            if let notice { self.state.withLock { $0 = .removed(notice) } }
            // Another one leads first, where this one does.
            self.etcd.close()
        }
    }

    /// Works until the task is cancelled.
    ///
    /// - Returns: When it was removed, in the words of a node; `nil` when it was not.
    private func work() async -> String? {
        await withTaskGroup(of: String?.self) { group in
            group.addTask {
                await self.serve()
                return nil
            }
            group.addTask {
                await self.startEtcd()
                return nil
            }
            group.addTask {
                await self.renewal.run()
                return nil
            }
            group.addTask {
                await self.heedNews()
                return nil
            }
            group.addTask { await self.watchRemoval() }
            var found: String?
            for await notice in group where notice != nil {
                found = notice
                group.cancelAll()
            }
            return found
        }
    }

    // MARK: Answering

    private func serve() async {
        while !Task.isCancelled {
            let file = link.file
            let server = PeerServer(
                address: file.address, port: file.ports.nodes, credentials: link.credentials, routes: routes,
                directory: WitnessDirectory(board), terms: link.terms, witness: terms, time: time, logger: logger,
                onRefusal: { [logger] refusal in
                    logger.warning(
                        "somebody was not answered",
                        metadata: ["reason": "\(refusal.kind.rawValue)", "address": "\(refusal.address)"])
                })
            await withDiscardingTaskGroup { [logger] group in
                group.addTask { Self.announce(file.address, await server.listeningPort()) }
                do throws(PeerFault) {
                    try await server.run()
                } catch {
                    logger.error("nodes are not answered", metadata: ["cause": "\(error)"])
                }
            }
            await time.sleep(until: time.monotonic + Self.pause)
        }
    }

    private static func announce(_ address: String, _ port: Int?) {
        guard let port else { return }
        let host = address.contains(":") ? "[\(address)]" : address
        _ = StandardOutput.announce("ready \(host):\(port), a witness\n")
    }

    private var routes: [PeerRoute] {
        [
            WitnessSign.route { told in
                let isNews = self.board.take(told)
                if isNews || told.generation > self.link.file.generation { self.tell.yield(()) }
                return self.sign
            },
            vote.route(terms),
        ]
    }

    private var sign: WitnessSign {
        WitnessSign(version: Version.text, fault: etcd.checks.first { $0.isImpaired }?.detail)
    }

    // MARK: Following

    /// Who the nodes are is kept for the next start, and what was taken back is believed no more.
    private func heedNews() async {
        for await _ in news {
            if let members = board.members, !members.isEmpty {
                do throws(MemberFileFault) {
                    try link.change { $0.others = members }
                } catch {
                    logger.error("who the nodes are cannot be kept", metadata: ["cause": "\(error)"])
                }
                terms.follow()
            }
            await renewal.look()
            await heedGeneration()
        }
    }

    /// A vote of a former etcd of the cluster must not help nodes that were away to go on by that one.
    private func heedGeneration() async {
        guard let generation = board.generation, generation > link.file.generation, await terms.begins(generation)
        else { return }
        logger.warning(
            "the log of the cluster goes on in another generation, without the etcd of this machine",
            metadata: ["generation": "\(generation)", "before": "\(link.file.generation)"])
        do throws(PeerFault) {
            try await vote.enter(generation)
        } catch {
            logger.error("the former etcd is not put away", metadata: ["cause": "\(error)"])
        }
        terms.follow()
    }

    /// What keeps it from starting may pass.
    private func startEtcd() async {
        do throws(PeerFault) {
            try await vote.settle()
        } catch {
            logger.error("a former etcd is not put away", metadata: ["cause": "\(error)"])
        }
        var told: PeerFault?
        while link.file.isVoter, !Task.isCancelled {
            do throws(PeerFault) {
                return try await etcd.start(link.etcdPlan)
            } catch {
                if error != told { logger.error("etcd is not started", metadata: ["cause": "\(error)"]) }
                told = error
                await time.sleep(until: time.monotonic + Self.pause)
            }
        }
    }

    private func watchRemoval() async -> String? {
        let notice = DepartureNotice(link.file, believing: link.credentials.material.authorities, logger: logger)
        while !Task.isCancelled {
            await time.sleep(until: time.monotonic + Self.pace)
            if Task.isCancelled || board.silence.map({ $0 < Self.silence }) ?? false { continue }
            if let told = await notice.ask(link.file.others) { return told }
        }
        return nil
    }
}
