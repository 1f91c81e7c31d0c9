import Access
import Application
import JobEngine
import PeerLink
import Replication
import Values

/// What nodes tell each other of their state: each tells whoever decides of itself, and is told of all others there.
///
/// One question for each node and pause, whatever their number; what has not changed is not told again.
final class NodeHealth: Sendable {
    private static let route = "health"
    private static let pause = Duration.seconds(3)
    private static let patience = Duration.seconds(5)
    /// So many states one answer has at most; the rest comes with the next one.
    private static let mostStates = 20_000

    private let board: HealthBoard
    private let log: NodeLog
    private let time = SystemTimeSource()

    /// - Parameter board: What is known here.
    init(_ board: HealthBoard, in log: NodeLog) { (self.board, self.log) = (board, log) }

    /// Tells and asks until the task is cancelled.
    func run() async {
        while !Task.isCancelled {
            await exchange()
            await time.sleep(until: time.monotonic + Self.pause)
        }
    }

    private func exchange() async {
        let status = log.cluster.status
        let others = status.members.filter { $0.key != status.ownNode }
        board.keep(members: Set(others.keys), away: Set(others.filter { !$0.value.isPresent }.keys))
        guard let master = status.master, !status.isMaster, let member = others[master.node] else { return }
        let known = board.reports.map { (String($0.node), Value.int($0.version)) }
        let question: Value = [
            "report": board.report.value, "known": .map(Dictionary(known) { first, _ in first }),
        ]
        let peer = PeerAddress(node: master.node, address: member.address, port: member.peerPort)
        // A master of a version from before knows no such question, and one that is lost gives no answer: both pass.
        guard let answer = try? await log.link.caller.ask(Self.route, question, of: peer, within: Self.patience) else {
            return
        }
        let members = log.cluster.status.members
        for report in (answer["reports"]?.list ?? []).compactMap({ NodeReport($0) }) where members[report.node] != nil {
            board.take(report)
        }
    }

    /// Takes what a node tells of itself, and of nobody else, and tells it of the others.
    var route: PeerRoute {
        PeerRoute(Self.route, questionLimit: 4 << 20) { [board] (question) throws(PeerFault) in
            guard let node = question.node, let report = question.body["report"].flatMap({ NodeReport($0) }),
                report.node == node
            else { throw PeerFault(.malformed, "A node tells of itself.") }
            board.take(report)
            let known = question.body["known"]?.map ?? [:]
            var (news, left): ([Value], Int) = ([], Self.mostStates)
            for report in board.reports where report.node != node && known[String(report.node)]?.int != report.version {
                left -= report.states.count
                guard left >= 0 || news.isEmpty else { break }
                news.append(report.value)
            }
            return .value(["reports": .list(news)])
        }
    }
}
