import Certificates
import ClusterLog
import JobEngine
import NIOCore
import NIOHTTP1
import Values
import Waiting

// Answering.
extension PeerServer {
    /// Answers a question; what is done for it is cancelled when the caller goes away.
    func answer(_ exchange: PeerExchange) async {
        do throws(Interruption<Never>) {
            let gone = { @Sendable () async in await exchange.gone.answer(whenCancelled: ()) }
            try await withDeadline(gone) { await self.respond(to: exchange) }
        } catch {
            // The caller has gone, or this node ends.
            exchange.cut()
        }
    }

    private func respond(to exchange: PeerExchange) async {
        let (admission, connection) = (exchange.admission, exchange.connection)
        do throws(PeerFault) {
            let answer = try await found(for: exchange)
            if admission.caller == nil { door.judge(nil, on: connection) }
            // Strangers are told no terms.
            let term = admission.caller == nil ? nil : terms.highest
            switch answer {
            case .value(let value): await exchange.send(value, term: term)
            case .lines(let lines): await exchange.send(lines, term: term)
            case .file(let file): try await exchange.send(file, by: files, term: term)
            }
        } catch {
            if admission.caller == nil { door.judge(error, on: connection) }
            let term = admission.caller == nil ? nil : terms.highest
            await exchange.send(error.line, as: error.code.status, term: term)
        }
    }

    private func found(for exchange: PeerExchange) async throws(PeerFault) -> PeerAnswer {
        let (admission, connection) = (exchange.admission, exchange.connection)
        if let caller = admission.caller {
            guard await directory.isMember(caller.identity, showing: caller.certificate) else {
                let reason = "Node \(caller.identity.member) is no member of this cluster, or not by this certificate."
                door.note(.notMember, from: connection, of: caller.identity.member, reason)
                throw PeerFault(.notMember, reason)
            }
            guard caller.identity.member != ClusterStatus.Witness.number || admission.route.isForWitness else {
                throw PeerFault(
                    .refused, "The \(ClusterStatus.Witness.name) has no business with \"\(admission.route.name)\".")
            }
            try await heed(admission.term, of: caller, for: admission.route, on: connection)
        }
        let limits = admission.caller == nil ? PeerForm.openLimits : PeerForm.limits
        let body: Value
        do throws(JSON.Fault) {
            body = try JSON.parse(exchange.body.readableBytesView, limits: limits)
        } catch {
            throw PeerFault(.malformed, "The question is not readable: \(error)")
        }
        return try await admission.route.answer(
            PeerQuestion(
                node: admission.caller?.identity.member, address: connection.address, body: body, term: admission.term))
    }

    /// Refuses a former term where it matters. A newer one is kept, which it is refused unless etcd has it.
    private func heed(
        _ term: Term?, of caller: PeerAdmission.Caller, for route: PeerRoute, on connection: PeerConnection
    ) async throws(PeerFault) {
        let highest = terms.highest
        guard route.wantsTerm, term != highest else { return }
        let claim = "The term \(term.map { "\($0)" } ?? "none") of node \(caller.identity.member)"
        let reason: String
        if let term, highest.map({ $0 < term }) ?? true {
            switch await witness.word(on: term, of: nil) {
            case .holds: return try await terms.take(term)
            case .doesNotHold: reason = "\(claim) is not that of the cluster now."
            case .unknown:
                throw PeerFault(.unreachable, "\(claim) is newer than this node knows, and it cannot ask etcd now.")
            }
        } else {
            reason = "\(claim) is over: it is \(highest.map { "\($0)" } ?? "none") now."
        }
        door.note(.lowerTerm, from: connection, of: caller.identity.member, reason)
        throw PeerFault(.lowerTerm, reason)
    }
}
