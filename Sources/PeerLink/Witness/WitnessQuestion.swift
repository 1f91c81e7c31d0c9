package import Certificates
import FoundationEssentials
package import Values

/// What a node asks the witness by, again and again: how it is; and in the same breath tells what the witness, which has no store
/// and follows no log, has to know of the cluster.
package struct WitnessQuestion: Sendable, Hashable {
    /// What it is asked by.
    package static let route = "witness"
    /// So many certificates that were taken back are told of at most; each ends by itself within a year.
    package static let mostRevoked = 1_000
    private static let mostMembers = 1_000

    /// Which etcd of the cluster the node follows.
    package let generation: Int
    /// The newest entry it has applied: of two nodes the one that is further is believed.
    package let entry: Int
    /// The nodes of the cluster.
    package let members: [PeerAddress]
    /// What the authority of the cluster took back and has not ended by itself.
    package let revoked: [RevokedCertificate]

    /// What a node knows.
    package init(generation: Int, entry: Int, members: [PeerAddress], revoked: [RevokedCertificate]) {
        (self.generation, self.entry, self.members) = (generation, entry, members)
        self.revoked = Array(revoked.prefix(Self.mostRevoked))
    }

    /// Whether what it says is at least as new as what another one said.
    package func isNewer(than other: WitnessQuestion?) -> Bool {
        guard let other else { return true }
        return (generation, entry) >= (other.generation, other.entry)
    }

    /// It as it is sent.
    package var value: Value {
        [
            "generation": .int(generation), "entry": .int(entry), "members": .list(members.map(\.value)),
            "revoked": .list(
                revoked.map {
                    [
                        "serial": .string($0.serialNumber), "at": .int($0.revokedAt.milliseconds),
                        "not_after": .int($0.notAfter.milliseconds),
                    ]
                }),
        ]
    }

    /// Reads what ``value`` wrote; `nil` for anything else.
    package init?(_ value: Value) {
        let sane = 0...(1 << 52)
        guard let generation = value["generation"]?.int, (1...(1 << 30)).contains(generation),
            let entry = value["entry"]?.int, sane.contains(entry),
            let members = value["members"]?.list, members.count <= Self.mostMembers,
            let revoked = value["revoked"]?.list, revoked.count <= Self.mostRevoked
        else { return nil }
        let places = members.compactMap { PeerAddress($0) }
        let certificates = revoked.compactMap { told -> RevokedCertificate? in
            guard let serial = told["serial"]?.string, (1...64).contains(serial.utf8.count),
                let at = told["at"]?.int, sane.contains(at), let end = told["not_after"]?.int, sane.contains(end)
            else { return nil }
            return RevokedCertificate(
                serialNumber: serial, revokedAt: Date(milliseconds: at), notAfter: Date(milliseconds: end))
        }
        guard places.count == members.count, certificates.count == revoked.count else { return nil }
        self.init(generation: generation, entry: entry, members: places, revoked: certificates)
    }
}

extension Date {
    fileprivate init(milliseconds: Int) { self.init(timeIntervalSince1970: Double(milliseconds) / 1000) }

    fileprivate var milliseconds: Int { Int((min(max(timeIntervalSince1970, 0), 253_402_300_799) * 1000).rounded()) }
}
