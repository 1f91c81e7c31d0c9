import Certificates
import JobEngine
package import Logging
package import Replication
import Values

/// Tells a node that was removed that it was, once it comes again: its certificate lets it in nowhere any more, so it asks as
/// somebody without one, by the id of its life that members alone know.
package struct DepartureNotice: Sendable {
    /// What the state of a node has of it.
    package typealias Tables = JoiningTables & ReplicatedTables

    private static let name = "notice"
    private static let textLimit = 500
    private static let patience = Duration.seconds(3)

    private let node: Int
    private let member: String
    private let fingerprints: [String]
    private let logger: Logger

    /// What a node may ask.
    ///
    /// - Parameters:
    ///   - member: Its own file.
    ///   - authorities: PEM of those it believes.
    package init(_ member: MemberFile, believing authorities: String, logger: Logger) {
        (node, self.member, self.logger) = (member.node, member.member, logger)
        fingerprints = (try? CertificateChain(pem: authorities))?.certificates.map(\.fingerprint) ?? []
    }

    /// The route; it tells nothing to whoever does not name a member that is none any more.
    package static func route(_ tables: any Tables) -> PeerRoute {
        PeerRoute(name, isOpen: true, questionLimit: 1 << 10) { question throws(PeerFault) in
            guard let node = question.body["node"]?.int, let member = question.body["member"]?.string else {
                throw PeerFault(.malformed, "The question names no member.")
            }
            do throws(StoreError) {
                let (certificates, members) = (try await tables.certificates(), try await tables.members())
                if let text = text(for: node, member, certificates: certificates, members: members) {
                    return .value(["notice": .string(text)])
                }
                // A member that was away asks as well, and is nobody who guesses.
                if certificates.contains(where: { $0.node == node && $0.member == member }) { return .value([:]) }
            } catch {
                throw PeerFault(.refused, "What is known of members cannot be read now.")
            }
            throw PeerFault(.missing, "Nothing is known of such a member.")
        }
    }

    /// What a member is told that is none any more; `nil` for one that is, and for one nobody knows.
    package static func text(
        for node: Int, _ member: String, certificates: [ReplicatedCertificate], members: [ReplicatedMember]
    ) -> String? {
        let own = certificates.filter { $0.node == node && $0.member == member }
        // A node that is behind may know of the end of a former life alone: that is not this one's.
        guard !own.isEmpty, own.allSatisfy({ $0.revokedAt != nil }), !members.contains(where: { $0.id == member })
        else {
            return nil
        }
        return Departure.notice(for: node, certificates: own, members: members.filter { $0.node != node })
    }

    /// Asks other nodes, one after the other, until one of them tells that this one was removed.
    ///
    /// - Returns: Its words; `nil` when nobody says so, whyever.
    package func ask(_ peers: [PeerAddress]) async -> String? {
        for fingerprint in fingerprints {
            let caller = PeerClient(joining: fingerprint, connecting: Self.patience, logger: logger)
            let told = await told(by: peers, caller)
            await caller.close()
            if let told { return told }
        }
        return nil
    }

    private func told(by peers: [PeerAddress], _ caller: any PeerCaller) async -> String? {
        for peer in peers where peer.node != node && !Task.isCancelled {
            let question: Value = ["node": .int(node), "member": .string(member)]
            let place = PeerAddress(node: 0, address: peer.address, port: peer.port)
            let answer = try? await caller.ask(Self.name, question, of: place, within: Self.patience)
            guard let text = answer?["notice"]?.string, !text.isEmpty else { continue }
            return String(text.prefix(Self.textLimit)).split(whereSeparator: \.isNewline).joined(separator: " ")
        }
        return nil
    }
}
