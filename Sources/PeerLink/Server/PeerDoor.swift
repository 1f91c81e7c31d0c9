import Access
import Certificates
import ClusterLog
import FoundationEssentials
import NIOHTTP1
import Synchronization
import Values

/// Who is let in with a question, as far as its header tells; quick, as it is asked by the threads of the connections.
final class PeerDoor: Sendable {
    let credentials: PeerCredentials
    let limits: PeerLimits
    let share: PeerShare
    private let routes: [String: PeerRoute]
    private let time: any TimeSource
    private let onRefusal: @Sendable (PeerRefusal) -> Void
    private let pauses = Mutex(GuessPauses())
    private let tallies = Mutex(RefusalTallies())

    init(
        _ routes: [PeerRoute], credentials: PeerCredentials, limits: PeerLimits, time: any TimeSource,
        onRefusal: @escaping @Sendable (PeerRefusal) -> Void
    ) {
        self.routes = Dictionary(routes.map { ($0.name, $0) }) { first, _ in first }
        (self.credentials, self.limits, self.time, self.onRefusal) = (credentials, limits, time, onRefusal)
        share = PeerShare(limits)
    }

    private var now: Date { Date(timeIntervalSince1970: Double(time.now) / 1000) }

    /// Lets a question in, whose body then is read.
    ///
    /// - Throws: `stranger` for whoever is not of the cluster and wants more than an open route; they are told nothing of which
    ///   routes there are.
    func admit(_ head: HTTPRequestHead, on connection: PeerConnection) throws(PeerFault) -> PeerAdmission {
        let name = PeerForm.route(head)
        let route = name.flatMap { routes[$0] }
        switch connection.standing(at: now) {
        case .refused(let kind, let reason):
            note(kind, from: connection, reason)
            throw PeerFault(.stranger, "The certificate is not believed here: \(reason)")
        case .unknown:
            guard let route, route.isOpen else {
                let reason = "No certificate of the cluster was shown."
                note(.stranger, from: connection, reason)
                throw PeerFault(.stranger, reason)
            }
            if let pause = pauses.withLock({ $0.pause(of: connection.scope, at: time.monotonic) }) {
                throw PeerFault(.refused, "Too many attempts failed; the next one may be made in \(pause.inSeconds) s.")
            }
            guard let turn = share.openTurn(connection.scope) else {
                throw PeerFault(.refused, "Too many questions without a certificate are under way.")
            }
            return PeerAdmission(route: route, caller: nil, term: nil, turn: turn)
        case .node(let identity, let certificate):
            guard let route else {
                throw PeerFault(.unknownRoute, "This node does not know \"\(String((name ?? head.uri).prefix(64)))\".")
            }
            let caller = PeerAdmission.Caller(identity: identity, certificate: certificate)
            return PeerAdmission(route: route, caller: caller, term: try PeerForm.term(head.headers), turn: nil)
        }
    }

    /// How an attempt at an open route ended.
    func judge(_ fault: PeerFault?, on connection: PeerConnection) {
        let now = time.monotonic
        guard let fault else { return pauses.withLock { $0.succeed(connection.scope) } }
        pauses.withLock { $0.fail(connection.scope, at: now) }
        note(.guess, from: connection, fault.message)
    }

    /// Somebody was not answered.
    func note(_ kind: PeerRefusal.Kind, from connection: PeerConnection, of node: Int? = nil, _ detail: String) {
        let refusal = PeerRefusal(kind: kind, address: connection.address, node: node, detail: detail, count: 1)
        let now = time.monotonic
        if let told = tallies.withLock({ $0.take(refusal, at: now) }) { onRefusal(told) }
    }

    /// Tells what was counted and not told.
    func tell(isFinal: Bool) {
        let now = time.monotonic
        for refusal in tallies.withLock({ $0.due(at: now, isFinal: isFinal) }) { onRefusal(refusal) }
    }

    /// Tells each minute what was counted, until the task is cancelled, and then the rest.
    func tellInTurn() async {
        while !Task.isCancelled {
            await time.sleep(until: time.monotonic + RefusalTallies.span)
            tell(isFinal: Task.isCancelled)
        }
    }

    /// Whether the connection's certificate is still believed; one without is.
    func isBelieved(_ connection: PeerConnection) -> Bool {
        if case .refused = connection.standing(at: now) { false } else { true }
    }

    /// Who a connection belongs to, as far as its certificate says.
    func caller(on connection: PeerConnection) -> PeerAdmission.Caller? {
        guard case .node(let identity, let certificate) = connection.standing(at: now) else { return nil }
        return PeerAdmission.Caller(identity: identity, certificate: certificate)
    }
}

/// A question that was let in.
struct PeerAdmission: Sendable {
    /// Whose certificate was shown.
    struct Caller: Sendable {
        let identity: MemberIdentity
        let certificate: Certificate
    }

    let route: PeerRoute
    /// `nil` for a stranger at an open route.
    let caller: Caller?
    let term: Term?
    /// Held as long as a stranger's question is under way.
    let turn: PeerShare.Turn?

    var questionLimit: Int { route.questionLimit }
}

extension Duration {
    /// Whole seconds, at least one.
    fileprivate var inSeconds: Int { max(1, Int((self / .seconds(1)).rounded(.up))) }
}
