package import ClusterLog
package import Posix
package import Values

/// One thing members ask each other.
package struct PeerRoute: Sendable {
    /// What it is called by: small letters and `-`.
    package let name: String
    /// Whether also somebody without a certificate of the cluster may ask, as who wants to join.
    package let isOpen: Bool
    /// Whether who asks has to know the newest term this node knows of: a master whose time is over must not have its way.
    package let wantsTerm: Bool
    /// Whether the witness may ask: it has a vote and a certificate, and nothing of nodes is its concern.
    package private(set) var isForWitness = false
    /// So many bytes the question may have.
    package let questionLimit: Int
    let answer: @Sendable (PeerQuestion) async throws(PeerFault) -> PeerAnswer

    /// - Parameters:
    ///   - wantsTerm: Default false. Terms are of no concern to open routes.
    ///   - questionLimit: In bytes. Default 1 MiB.
    ///   - answer: Its task is cancelled when the caller goes away.
    package init(
        _ name: String, isOpen: Bool = false, wantsTerm: Bool = false, questionLimit: Int = 1 << 20,
        _ answer: @escaping @Sendable (PeerQuestion) async throws(PeerFault) -> PeerAnswer
    ) {
        (self.name, self.isOpen, self.questionLimit, self.answer) = (name, isOpen, questionLimit, answer)
        self.wantsTerm = wantsTerm && !isOpen
    }

    /// The same route, which the witness may ask as well.
    package var alsoForWitness: PeerRoute {
        var route = self
        route.isForWitness = true
        return route
    }
}

/// What is asked, and by whom.
package struct PeerQuestion: Sendable {
    /// The node, as its certificate says and the list of members confirms; `nil` for somebody without a certificate, whom only
    /// open routes answer.
    package let node: Int?
    /// The address the connection came from.
    package let address: String
    /// What is asked.
    package let body: Value
    /// The newest term the node that asks knows of; `nil` for a stranger, and before there was any.
    package let term: Term?

    /// A question of a node, or of a stranger.
    package init(node: Int?, address: String, body: Value, term: Term? = nil) {
        (self.node, self.address, self.body, self.term) = (node, address, body, term)
    }
}

/// What is answered.
package enum PeerAnswer: Sendable {
    /// This, and no more.
    case value(Value)
    /// One after the other, as they come; when the caller goes away the stream is no longer read. What failed on the way is
    /// the last one: ``PeerFault/line``.
    case lines(AsyncStream<Value>)
    /// The content of a file.
    case file(Descriptor)
}

/// Why a member was not asked, or did not do what it was asked.
package struct PeerFault: Error, Sendable, Hashable, CustomStringConvertible {
    /// What went wrong.
    package enum Code: String, Sendable, Hashable, CaseIterable {
        /// Nobody answers there, or the answer broke off. Whether it was done is not known when `wasSent` says so.
        case unreachable
        /// Whoever answers is not the node that was meant, or does not believe this one.
        case stranger
        /// The node is no member, or not any more.
        case notMember = "not-member"
        /// The term of office of the caller is over.
        case lowerTerm = "lower-term"
        /// This version does not know what is asked.
        case unknownRoute = "unknown-route"
        /// The question, or an answer, is too large or is none.
        case malformed
        /// It cannot be done; the text says why.
        case refused
        /// What is asked for is not there.
        case missing
    }

    /// What went wrong.
    package let code: Code
    /// For the operator: what failed and why. No secret may be in it.
    package let message: String
    /// Whether the other one may have been told.
    package var wasSent = true

    /// A fault with its cause in words.
    package init(_ code: Code, _ message: String, wasSent: Bool = true) {
        (self.code, self.message, self.wasSent) = (code, message, wasSent)
    }

    package var description: String { message }
}

/// Where a member answers others.
package struct PeerAddress: Sendable, Hashable {
    /// Its node: who answers has to be it.
    package let node: Int
    /// Without port.
    package let address: String
    /// Its port for other members.
    package let port: Int

    /// The place of a node.
    package init(node: Int, address: String, port: Int) {
        (self.node, self.address, self.port) = (node, address, port)
    }
}

/// Asks other members; the requests of one node to another share connections.
package protocol PeerCaller: Sendable {
    /// Asks one thing, once.
    ///
    /// - Throws: ``PeerFault``.
    func ask(
        _ route: String, _ body: Value, of peer: PeerAddress, within limit: Duration
    ) async throws(PeerFault) -> Value
    /// Asks for lines, each of which has to come within the silence allowed after the one before; the stream ends with a
    /// ``PeerFault`` when it breaks off. Whoever ends the stream ends the request.
    func lines(
        _ route: String, _ body: Value, of peer: PeerAddress, silence: Duration
    ) -> AsyncThrowingStream<Value, any Error>
    /// Writes the content of a file into another one.
    ///
    /// - Throws: ``PeerFault`` `missing`, `malformed` for one that is larger than the limit.
    func fetch(
        _ route: String, _ body: Value, of peer: PeerAddress, into file: Descriptor, limit: Int
    ) async throws(PeerFault)
}
