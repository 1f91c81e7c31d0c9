import Certificates
import ClusterLog
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

    /// Keeps a newer term, and refuses a former one where it matters.
    private func heed(
        _ term: Term?, of caller: PeerAdmission.Caller, for route: PeerRoute, on connection: PeerConnection
    ) async throws(PeerFault) {
        let highest = terms.highest
        if let term, highest.map({ $0 < term }) ?? true { return try await terms.take(term) }
        guard route.wantsTerm, let highest, term.map({ $0 < highest }) ?? true else { return }
        let reason =
            "The term \(term.map { "\($0)" } ?? "none") of node \(caller.identity.member) is over: it is \(highest) now."
        door.note(.lowerTerm, from: connection, of: caller.identity.member, reason)
        throw PeerFault(.lowerTerm, reason)
    }
}
