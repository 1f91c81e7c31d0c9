package import Certificates
import JobEngine
import Values

/// What a machine is given to become a node: which one, where to ask, whom to believe there, and a secret to be believed by.
///
/// As text it is `confd1.NODE.SECRET.AUTHORITY.PLACES`. The last part ends with a checksum of all of it, so that a typing error
/// is found without asking anybody. Whoever has the text can become that node, once, within the hour.
package struct Invitation: Sendable, Hashable {
    /// How long one holds.
    package static let validity = Duration.seconds(3600)
    /// Places it names at most.
    static let mostPlaces = 5
    /// A text that is longer is none.
    static let longest = 400
    private static let form = "confd1"
    private static let (secretBytes, authorityBytes, checksumBytes) = (16, 32, 3)

    /// The node the machine is to be.
    package let node: Int
    /// 128 random bits. Secret.
    package let secret: [UInt8]
    /// SHA-256 of the certificate of the cluster's authority, in DER.
    package let authority: [UInt8]
    /// Where members answer: the one that invited first.
    package let places: [JoinPlace]

    /// An invitation by the cluster of an authority, with a new secret.
    ///
    /// - Parameter places: Of more than five the first five are named.
    /// - Returns: `nil` for a node that has no number, or without a place.
    package init?(of node: Int, by authority: Certificate, at places: [JoinPlace]) {
        self.init(
            node: node, secret: SecureRandom.bytes(Self.secretBytes), authority: Digest.sha256(authority.der),
            places: places)
    }

    init?(node: Int, secret: [UInt8], authority: [UInt8], places: [JoinPlace]) {
        guard (1...1_000_000).contains(node), secret.count == Self.secretBytes, !places.isEmpty,
            authority.count == Self.authorityBytes
        else { return nil }
        (self.node, self.secret, self.authority) = (node, secret, authority)
        self.places = Array(places.prefix(Self.mostPlaces))
    }

    /// Whether the machine is to be the witness of the cluster, and no node.
    package var isForWitness: Bool { node == ClusterStatus.Witness.number }

    /// What is kept of the secret.
    package var secretHash: [UInt8] { Digest.sha256(secret) }

    /// The authority as people compare it: 64 hexadecimal digits.
    package var fingerprint: String { Hex.text(authority) }

    /// It as it is handed over. Secret.
    package var text: String {
        let places = places.flatMap(\.bytes)
        let head = "\(Self.form).\(node).\(Base32.text(secret)).\(Base32.text(authority))."
        return head + Base32.text(places + Self.checksum(head, places))
    }

    /// Reads what ``text`` wrote; blanks and line ends around and within it are passed over, as it is copied from terminals.
    ///
    /// - Throws: What is wrong with the text; nothing is told of what it says.
    package init(text: String) throws(InvitationFault) {
        guard text.utf8.count <= 4 * Self.longest else { throw .noInvitation }
        let text = text.filter { !$0.isWhitespace }.lowercased()
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard text.utf8.count <= Self.longest, let form = parts.first, form.hasPrefix("confd") else {
            throw .noInvitation
        }
        guard form == Self.form else {
            throw Int(form.dropFirst(5)) == nil ? .noInvitation : .otherForm(String(form.prefix(20)))
        }
        guard parts.count == 5, let secret = Base32.bytes(parts[2]), let authority = Base32.bytes(parts[3]),
            let end = Base32.bytes(parts[4]), end.count > Self.checksumBytes
        else { throw .mistyped }
        let places = Array(end.dropLast(Self.checksumBytes))
        let head = parts[..<4].joined(separator: ".") + "."
        guard end.suffix(Self.checksumBytes).elementsEqual(Self.checksum(head, places)), let node = Int(parts[1]),
            String(node) == parts[1], let read = JoinPlace.all(in: places), read.count <= Self.mostPlaces,
            let invitation = Invitation(node: node, secret: secret, authority: authority, places: read)
        else { throw .mistyped }
        self = invitation
    }

    private static func checksum(_ head: String, _ places: [UInt8]) -> ArraySlice<UInt8> {
        Digest.sha256(Array(head.utf8) + places).prefix(checksumBytes)
    }
}

// It says who somebody may become, so no log has it by accident.
extension Invitation: CustomStringConvertible, CustomReflectable {
    package var description: String { "invitation for node \(node)" }
    package var customMirror: Mirror { Mirror(self, children: ["node": node, "places": places]) }
}

/// Why a text is no invitation that can be used.
package enum InvitationFault: Error, Sendable, Hashable {
    /// It is something else.
    case noInvitation
    /// It begins like one, and was not copied as it was.
    case mistyped
    /// Another version made it.
    case otherForm(String)
}
